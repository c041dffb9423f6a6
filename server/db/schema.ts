// Times are milliseconds since 1970; ids are UUIDv7 text; every table is STRICT and carries the workspace that it belongs to.
export { workspaces } from './schema/base.ts';
export * from './schema/access.ts';
export * from './schema/assets.ts';
export * from './schema/automation.ts';
export * from './schema/endpoints.ts';
export * from './schema/monitoring.ts';
export * from './schema/runs.ts';
