CREATE TABLE `model_aliases` (
	`workspace_id` text NOT NULL,
	`model_id` text NOT NULL,
	`alias` text NOT NULL,
	`version_id` text NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`model_id`, `alias`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`model_id`) REFERENCES `models`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`version_id`) REFERENCES `model_versions`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `model_aliases_version` ON `model_aliases` (`version_id`);--> statement-breakpoint
ALTER TABLE `deployments` ADD `model_hash` text;--> statement-breakpoint
CREATE INDEX `deployments_model` ON `deployments` (`workspace_id`,`model_hash`);--> statement-breakpoint
ALTER TABLE `model_versions` ADD `description` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `model_versions` ADD `tags` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `model_versions` ADD `source` text DEFAULT 'run' NOT NULL;--> statement-breakpoint
ALTER TABLE `model_versions` ADD `file_name` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `model_versions` ADD `evaluations` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `model_versions` ADD `datasets` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `model_versions` ADD `checks` text;--> statement-breakpoint
ALTER TABLE `model_versions` ADD `node` text;--> statement-breakpoint
ALTER TABLE `model_versions` ADD `pipeline_id` text REFERENCES pipelines(id) ON DELETE SET NULL;--> statement-breakpoint
ALTER TABLE `model_versions` ADD `pipeline_version_id` text REFERENCES pipeline_versions(id) ON DELETE SET NULL;--> statement-breakpoint
ALTER TABLE `model_versions` ADD `pipeline_name` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `model_versions` ADD `archived_at` integer;--> statement-breakpoint
CREATE INDEX `model_versions_pipeline` ON `model_versions` (`pipeline_id`);--> statement-breakpoint
CREATE INDEX `model_versions_pipeline_version` ON `model_versions` (`pipeline_version_id`);--> statement-breakpoint
ALTER TABLE `models` ADD `intended_use` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `models` ADD `tags` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `models` ADD `last_version` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `models` ADD `archived_at` integer;--> statement-breakpoint
UPDATE `models` SET `last_version` = (SELECT coalesce(max(v.`version`), 0) FROM `model_versions` v WHERE v.`model_id` = `models`.`id`);--> statement-breakpoint
UPDATE `model_versions` SET (`pipeline_id`, `pipeline_version_id`, `pipeline_name`) = (SELECT r.`pipeline_id`, r.`version_id`, r.`pipeline_name` FROM `runs` r WHERE r.`id` = `model_versions`.`run_id`)
WHERE `run_id` IN (SELECT `id` FROM `runs`);--> statement-breakpoint
CREATE TABLE `pipeline_comments` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`pipeline_id` text NOT NULL,
	`node` text NOT NULL,
	`thread_id` text,
	`author` text NOT NULL,
	`text` text NOT NULL,
	`created_at` integer NOT NULL,
	`edited_at` integer,
	`resolved_by` text,
	`resolved_at` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`pipeline_id`) REFERENCES `pipelines`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`thread_id`) REFERENCES `pipeline_comments`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `pipeline_comments_pipeline` ON `pipeline_comments` (`pipeline_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `pipeline_comments_thread` ON `pipeline_comments` (`thread_id`);--> statement-breakpoint
CREATE TABLE `endpoint_events` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`endpoint_id` text NOT NULL,
	`type` text NOT NULL,
	`deployment` text,
	`by` text NOT NULL,
	`message` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`endpoint_id`) REFERENCES `endpoints`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `endpoint_events_newest` ON `endpoint_events` (`endpoint_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `alert_events` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`endpoint_id` text NOT NULL,
	`rule_id` text NOT NULL,
	`type` text NOT NULL,
	`value` real,
	`message` text NOT NULL,
	`delivery` text,
	`run_id` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`endpoint_id`) REFERENCES `endpoints`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`rule_id`) REFERENCES `alert_rules`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE INDEX `alert_events_newest` ON `alert_events` (`endpoint_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `alert_events_rule` ON `alert_events` (`rule_id`);--> statement-breakpoint
CREATE INDEX `alert_events_run` ON `alert_events` (`run_id`);--> statement-breakpoint
CREATE TABLE `alert_rules` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`endpoint_id` text NOT NULL,
	`name` text NOT NULL,
	`enabled` integer NOT NULL,
	`rule` text NOT NULL,
	`secret` text,
	`state` text NOT NULL,
	`since` integer NOT NULL,
	`value` real,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`endpoint_id`) REFERENCES `endpoints`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `alert_rules_endpoint` ON `alert_rules` (`endpoint_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `deployment_traffic` (
	`workspace_id` text NOT NULL,
	`endpoint_id` text NOT NULL,
	`deployment_id` text NOT NULL,
	`span` text NOT NULL,
	`at` integer NOT NULL,
	`counts` text NOT NULL,
	PRIMARY KEY(`deployment_id`, `span`, `at`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`endpoint_id`) REFERENCES `endpoints`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`deployment_id`) REFERENCES `deployments`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `deployment_traffic_endpoint` ON `deployment_traffic` (`endpoint_id`);--> statement-breakpoint
CREATE TABLE `monitor_baselines` (
	`deployment_id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`baseline` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`deployment_id`) REFERENCES `deployments`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `monitor_hours` (
	`workspace_id` text NOT NULL,
	`deployment_id` text NOT NULL,
	`at` integer NOT NULL,
	`observed` text NOT NULL,
	PRIMARY KEY(`deployment_id`, `at`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`deployment_id`) REFERENCES `deployments`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `request_log` (
	`workspace_id` text NOT NULL,
	`endpoint_id` text NOT NULL,
	`deployment` text NOT NULL,
	`request_id` text NOT NULL,
	`row` integer NOT NULL,
	`input` text NOT NULL,
	`output` text NOT NULL,
	`milliseconds` real NOT NULL,
	`truth` text,
	`truth_at` integer,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`endpoint_id`, `request_id`, `row`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`endpoint_id`) REFERENCES `endpoints`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `request_log_newest` ON `request_log` (`endpoint_id`,`created_at`);--> statement-breakpoint
ALTER TABLE `deployments` ADD `mode` text DEFAULT 'live' NOT NULL;--> statement-breakpoint
ALTER TABLE `deployments` ADD `served_until` integer;--> statement-breakpoint
ALTER TABLE `deployments` ADD `settings` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `deployments` ADD `model_name` text;--> statement-breakpoint
ALTER TABLE `deployments` ADD `model_version` integer;--> statement-breakpoint
ALTER TABLE `endpoints` ADD `settings` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
UPDATE `deployments` SET `served_until` = `created_at` WHERE `weight` = 0;--> statement-breakpoint
CREATE TABLE `automation_events` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` text NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`data` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `automation_events_subject` ON `automation_events` (`workspace_id`,`kind`,`subject`,`id`);--> statement-breakpoint
CREATE INDEX `automation_events_age` ON `automation_events` (`created_at`);--> statement-breakpoint
CREATE TABLE `backfills` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`schedule_id` text NOT NULL,
	`from_time` integer NOT NULL,
	`to_time` integer NOT NULL,
	`missing_only` integer NOT NULL,
	`parallel` integer NOT NULL,
	`state` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`schedule_id`) REFERENCES `schedules`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `backfills_schedule` ON `backfills` (`schedule_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `callback_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`endpoint_id` text NOT NULL,
	`run_id` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_at` integer,
	`status` integer,
	`detail` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`endpoint_id`) REFERENCES `pipeline_endpoints`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `callback_deliveries_endpoint` ON `callback_deliveries` (`endpoint_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `callback_deliveries_run` ON `callback_deliveries` (`run_id`);--> statement-breakpoint
CREATE INDEX `callback_deliveries_open` ON `callback_deliveries` (`next_at`) WHERE state IN ('waiting', 'due');--> statement-breakpoint
CREATE TABLE `pipeline_endpoint_calls` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` text NOT NULL,
	`endpoint_id` text NOT NULL,
	`caller` text,
	`version` integer,
	`status` integer NOT NULL,
	`code` text,
	`detail` text,
	`run_id` text,
	`run_number` integer,
	`parameters` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`endpoint_id`) REFERENCES `pipeline_endpoints`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `pipeline_endpoint_calls_endpoint` ON `pipeline_endpoint_calls` (`endpoint_id`,`id`);--> statement-breakpoint
CREATE TABLE `pipeline_endpoint_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`endpoint_id` text NOT NULL,
	`name` text NOT NULL,
	`prefix` text NOT NULL,
	`token_hash` text NOT NULL,
	`expires_at` integer,
	`last_used_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`endpoint_id`) REFERENCES `pipeline_endpoints`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `pipeline_endpoint_tokens_hash` ON `pipeline_endpoint_tokens` (`token_hash`);--> statement-breakpoint
CREATE INDEX `pipeline_endpoint_tokens_endpoint` ON `pipeline_endpoint_tokens` (`endpoint_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `pipeline_endpoint_versions` (
	`workspace_id` text NOT NULL,
	`endpoint_id` text NOT NULL,
	`version` integer NOT NULL,
	`pipeline_version_id` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`parameters` text NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`published_by` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`endpoint_id`, `version`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`endpoint_id`) REFERENCES `pipeline_endpoints`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`pipeline_version_id`) REFERENCES `pipeline_versions`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `pipeline_endpoint_versions_pipeline` ON `pipeline_endpoint_versions` (`pipeline_version_id`);--> statement-breakpoint
CREATE TABLE `pipeline_endpoints` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`pipeline_id` text NOT NULL,
	`parameters` text NOT NULL,
	`default_version` integer,
	`last_version` integer DEFAULT 0 NOT NULL,
	`enabled` integer NOT NULL,
	`calls_per_minute` integer,
	`signing_secret` text,
	`signing_before` text,
	`signing_until` integer,
	`callback_url` text,
	`callback_secret` text,
	`callback_enabled` integer DEFAULT true NOT NULL,
	`call_count` integer DEFAULT 0 NOT NULL,
	`last_run_id` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`pipeline_id`) REFERENCES `pipelines`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`last_run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE INDEX `pipeline_endpoints_workspace` ON `pipeline_endpoints` (`workspace_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `pipeline_endpoints_pipeline` ON `pipeline_endpoints` (`pipeline_id`);--> statement-breakpoint
CREATE INDEX `pipeline_endpoints_run` ON `pipeline_endpoints` (`last_run_id`);--> statement-breakpoint
INSERT INTO `pipeline_endpoints` (`id`, `workspace_id`, `name`, `pipeline_id`, `parameters`, `enabled`, `call_count`, `last_run_id`, `created_at`)
SELECT `id`, `workspace_id`, `name`, `pipeline_id`, `parameters`, `enabled`, `call_count`, `last_run_id`, `created_at` FROM `triggers`;--> statement-breakpoint
INSERT INTO `pipeline_endpoint_tokens` (`id`, `workspace_id`, `endpoint_id`, `name`, `prefix`, `token_hash`, `created_at`)
SELECT `id`, `workspace_id`, `id`, 'First token', 'mwt_', `token_hash`, `created_at` FROM `triggers`;--> statement-breakpoint
DROP TABLE `triggers`;--> statement-breakpoint
CREATE TABLE `__new_schedule_firings` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`schedule_id` text NOT NULL,
	`key` text NOT NULL,
	`slot` integer NOT NULL,
	`backfill_id` text,
	`outcome` text NOT NULL,
	`detail` text,
	`event` text,
	`run_id` text,
	`run_status` text,
	`run_number` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`schedule_id`) REFERENCES `schedules`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`backfill_id`) REFERENCES `backfills`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_schedule_firings` (`id`, `workspace_id`, `schedule_id`, `key`, `slot`, `outcome`, `detail`, `run_id`, `run_status`, `run_number`, `created_at`)
SELECT lower(hex(randomblob(16))), f.`workspace_id`, f.`schedule_id`, CAST(f.`slot` AS text), f.`slot`, f.`outcome`, f.`detail`, f.`run_id`,
	CASE WHEN r.`status` IN ('succeeded', 'failed', 'crashed', 'cancelled') THEN r.`status` END, r.`number`, f.`created_at`
FROM `schedule_firings` f LEFT JOIN `runs` r ON r.`id` = f.`run_id`;--> statement-breakpoint
DROP TABLE `schedule_firings`;--> statement-breakpoint
ALTER TABLE `__new_schedule_firings` RENAME TO `schedule_firings`;--> statement-breakpoint
CREATE UNIQUE INDEX `schedule_firings_key` ON `schedule_firings` (`schedule_id`,`key`);--> statement-breakpoint
CREATE INDEX `schedule_firings_slot` ON `schedule_firings` (`schedule_id`,`slot`);--> statement-breakpoint
CREATE INDEX `schedule_firings_waiting` ON `schedule_firings` (`schedule_id`,`slot`) WHERE outcome = 'waiting';--> statement-breakpoint
CREATE INDEX `schedule_firings_run` ON `schedule_firings` (`run_id`);--> statement-breakpoint
CREATE INDEX `schedule_firings_backfill` ON `schedule_firings` (`backfill_id`,`slot`);--> statement-breakpoint
ALTER TABLE `schedules` ADD `timing` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
UPDATE `schedules` SET `timing` = json_object('kind', 'cron', 'cron', `cron`);--> statement-breakpoint
ALTER TABLE `schedules` ADD `event_kind` text;--> statement-breakpoint
ALTER TABLE `schedules` ADD `event_subject` text;--> statement-breakpoint
ALTER TABLE `schedules` ADD `start_at` integer;--> statement-breakpoint
ALTER TABLE `schedules` ADD `end_at` integer;--> statement-breakpoint
ALTER TABLE `schedules` ADD `end_after` integer;--> statement-breakpoint
ALTER TABLE `schedules` ADD `paused_reason` text;--> statement-breakpoint
ALTER TABLE `schedules` ADD `overlap` text DEFAULT 'skip' NOT NULL;--> statement-breakpoint
ALTER TABLE `schedules` ADD `catch_up_seconds` integer DEFAULT 21600 NOT NULL;--> statement-breakpoint
ALTER TABLE `schedules` ADD `catch_up_most` integer DEFAULT 10 NOT NULL;--> statement-breakpoint
ALTER TABLE `schedules` ADD `jitter_seconds` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `schedules` ADD `pause_after` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `schedules` ADD `failures` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `schedules` ADD `fired` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE `schedules` SET `fired` = (SELECT count(*) FROM `schedule_firings` f WHERE f.`schedule_id` = `schedules`.`id` AND f.`outcome` = 'started');--> statement-breakpoint
ALTER TABLE `schedules` ADD `settled_event` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `schedules` ADD `watched` text;--> statement-breakpoint
CREATE INDEX `schedules_event` ON `schedules` (`workspace_id`,`event_kind`,`event_subject`);--> statement-breakpoint
ALTER TABLE `schedules` DROP COLUMN `cron`;--> statement-breakpoint
DROP INDEX `runs_pipeline_id`;--> statement-breakpoint
DROP INDEX `runs_pipeline`;--> statement-breakpoint
CREATE INDEX `runs_pipeline` ON `runs` (`pipeline_id`,`number`);
