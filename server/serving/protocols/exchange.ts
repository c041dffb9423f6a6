import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../errors.ts';
import type { Addressed, ScoreAnswer, ScoreCall } from '../deployments.ts';
import type { DeploymentRow } from '../endpoint-records.ts';
import { inSlices } from '../../slices.ts';
import type { StatisticsBook } from '../statistics.ts';
import { parsedJson } from './json-slices.ts';

/** An endpoint that a request is for, by a caller who may score with it. */
export interface Target extends Addressed {
  readonly name: string;
}

/** What a protocol may ask of the server. */
export interface Serving {
  /** Of this product. */
  readonly version: string;
  readonly ready: () => boolean;
  readonly statistics: StatisticsBook;
  readonly score: (target: Target, call: ScoreCall) => Promise<ScoreAnswer>;
  /** Newest first. */
  readonly deployments: (target: Target) => readonly DeploymentRow[];
}

export interface Exchange {
  readonly method: string;
  /** Within the protocol, such as `/models/x/infer`. */
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly serving: Serving;
}

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export const jsonReply = (value: unknown, status = 200): Reply => ({ status, type: 'application/json', body: JSON.stringify(value) });

const PLAIN_JSON = { type: 'application/json', charset: '' };

/** The type of a body and its character set, both in lower case; '' where none is said. */
export function mediaType(header: string | undefined): { readonly type: string; readonly charset: string } {
  if (header === 'application/json') return PLAIN_JSON;
  const [type = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim());
  const charset = parameters.find((part) => part.toLowerCase().startsWith('charset='));
  return { type: type.toLowerCase(), charset: charset ? charset.slice(8).replaceAll('"', '').toLowerCase() : '' };
}

export const isJson = (type: string): boolean => /^application\/(?:[a-z0-9.+-]+\+)?json$/.test(type);

/** From here on a body is parsed in slices, which takes somewhat longer and lets other requests in between. */
export const isLarge = (body: Buffer): boolean => body.length >= 256 * 1024;

/** As `parseJson`, in slices. `parse`: how each piece of it is read. */
export const parseLargeJson = (body: Buffer, parse?: (text: string) => unknown): Promise<unknown> => inSlices(parsedJson(body, parse));

/** Throws 400 when the body is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError(400, `The body is not valid JSON: ${error instanceof Error ? error.message : 'it cannot be read'}.`, { code: 'json_invalid' });
  }
}

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
/** A field of a body, never one that every object has. */
export const field = (record: Record<string, unknown>, name: string): unknown => (Object.hasOwn(record, name) ? record[name] : undefined);
