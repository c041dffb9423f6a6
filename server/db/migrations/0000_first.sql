CREATE TABLE `api_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`prefix` text NOT NULL,
	`token_hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `api_tokens_token_hash` ON `api_tokens` (`token_hash`);--> statement-breakpoint
CREATE INDEX `api_tokens_workspace` ON `api_tokens` (`workspace_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `artifacts` (
	`workspace_id` text NOT NULL,
	`hash` text NOT NULL,
	`kind` text NOT NULL,
	`bytes` integer NOT NULL,
	`meta` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `hash`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `artifacts_hash` ON `artifacts` (`hash`);--> statement-breakpoint
CREATE TABLE `computes` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`adapter` text NOT NULL,
	`slots` integer NOT NULL,
	`threads` integer NOT NULL,
	`memory_bytes` integer NOT NULL,
	`settings` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `computes_name` ON `computes` (`workspace_id`,`name`);--> statement-breakpoint
CREATE TABLE `counters` (
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`value` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `name`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `dataset_versions` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`dataset_id` text NOT NULL,
	`version` integer NOT NULL,
	`hash` text NOT NULL,
	`schema` text NOT NULL,
	`row_count` integer NOT NULL,
	`bytes` integer NOT NULL,
	`file_name` text NOT NULL,
	`notes` text NOT NULL,
	`source` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`dataset_id`) REFERENCES `datasets`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `dataset_versions_version` ON `dataset_versions` (`dataset_id`,`version`);--> statement-breakpoint
CREATE INDEX `dataset_versions_hash` ON `dataset_versions` (`workspace_id`,`hash`);--> statement-breakpoint
CREATE TABLE `datasets` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `datasets_name` ON `datasets` (`workspace_id`,`name`);--> statement-breakpoint
CREATE TABLE `deployments` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`endpoint_id` text NOT NULL,
	`name` text NOT NULL,
	`state` text NOT NULL,
	`error` text,
	`hash` text NOT NULL,
	`bytes` integer NOT NULL,
	`weight` integer NOT NULL,
	`task` text NOT NULL,
	`learner` text NOT NULL,
	`signature` text NOT NULL,
	`proof` text NOT NULL,
	`sample` text NOT NULL,
	`pipeline_id` text,
	`run_id` text,
	`run_number` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`endpoint_id`) REFERENCES `endpoints`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`pipeline_id`) REFERENCES `pipelines`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `deployments_name` ON `deployments` (`endpoint_id`,`name`);--> statement-breakpoint
CREATE INDEX `deployments_hash` ON `deployments` (`workspace_id`,`hash`);--> statement-breakpoint
CREATE INDEX `deployments_pipeline` ON `deployments` (`pipeline_id`);--> statement-breakpoint
CREATE INDEX `deployments_run` ON `deployments` (`run_id`);--> statement-breakpoint
CREATE TABLE `endpoint_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`endpoint_id` text NOT NULL,
	`which` text NOT NULL,
	`secret` text NOT NULL,
	`secret_hash` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`endpoint_id`) REFERENCES `endpoints`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `endpoint_keys_which` ON `endpoint_keys` (`endpoint_id`,`which`);--> statement-breakpoint
CREATE TABLE `endpoints` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`state` text NOT NULL,
	`error` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `endpoints_name` ON `endpoints` (`workspace_id`,`name`);--> statement-breakpoint
CREATE TABLE `files` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`bytes` integer NOT NULL,
	`hash` text NOT NULL,
	`schema` text,
	`notes` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `files_hash` ON `files` (`workspace_id`,`hash`);--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`workspace_id` text NOT NULL,
	`scope` text NOT NULL,
	`key` text NOT NULL,
	`request_hash` text NOT NULL,
	`run_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `scope`, `key`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `idempotency_keys_run` ON `idempotency_keys` (`run_id`);--> statement-breakpoint
CREATE INDEX `idempotency_keys_age` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `model_versions` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`model_id` text NOT NULL,
	`version` integer NOT NULL,
	`hash` text NOT NULL,
	`bytes` integer NOT NULL,
	`task` text NOT NULL,
	`learner` text NOT NULL,
	`signature` text NOT NULL,
	`summary` text NOT NULL,
	`headline` text,
	`run_id` text,
	`run_number` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`model_id`) REFERENCES `models`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `model_versions_version` ON `model_versions` (`model_id`,`version`);--> statement-breakpoint
CREATE INDEX `model_versions_hash` ON `model_versions` (`workspace_id`,`hash`);--> statement-breakpoint
CREATE INDEX `model_versions_run` ON `model_versions` (`run_id`);--> statement-breakpoint
CREATE TABLE `models` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `models_name` ON `models` (`workspace_id`,`name`);--> statement-breakpoint
CREATE TABLE `pipeline_versions` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`pipeline_id` text NOT NULL,
	`revision` integer NOT NULL,
	`hash` text NOT NULL,
	`document` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`pipeline_id`) REFERENCES `pipelines`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `pipeline_versions_hash` ON `pipeline_versions` (`pipeline_id`,`hash`);--> statement-breakpoint
CREATE TABLE `pipelines` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`kind` text NOT NULL,
	`revision` integer NOT NULL,
	`document` text NOT NULL,
	`training_pipeline_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`training_pipeline_id`) REFERENCES `pipelines`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE INDEX `pipelines_newest` ON `pipelines` (`workspace_id`,`updated_at`);--> statement-breakpoint
CREATE INDEX `pipelines_training` ON `pipelines` (`training_pipeline_id`);--> statement-breakpoint
CREATE TABLE `run_events` (
	`workspace_id` text NOT NULL,
	`run_id` text NOT NULL,
	`seq` integer NOT NULL,
	`at` integer NOT NULL,
	`type` text NOT NULL,
	`node` text,
	`data` text NOT NULL,
	PRIMARY KEY(`run_id`, `seq`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `runs` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`pipeline_id` text NOT NULL,
	`version_id` text NOT NULL,
	`number` integer NOT NULL,
	`pipeline_name` text NOT NULL,
	`revision` integer NOT NULL,
	`status` text NOT NULL,
	`attempt` integer NOT NULL,
	`lease_owner` text,
	`lease_no` integer NOT NULL,
	`lease_until` integer,
	`deadline` integer,
	`started_by_kind` text NOT NULL,
	`started_by_name` text NOT NULL,
	`started_by_id` text,
	`scheduled_for` integer,
	`resume_of` text,
	`parameters` text NOT NULL,
	`scope` text NOT NULL,
	`force` integer NOT NULL,
	`assets` text NOT NULL,
	`inputs` text NOT NULL,
	`counts` text NOT NULL,
	`headline` text,
	`error` text,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`pipeline_id`) REFERENCES `pipelines`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`version_id`) REFERENCES `pipeline_versions`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`resume_of`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `runs_number` ON `runs` (`workspace_id`,`number`);--> statement-breakpoint
CREATE INDEX `runs_pipeline` ON `runs` (`workspace_id`,`pipeline_id`,`number`);--> statement-breakpoint
CREATE INDEX `runs_status` ON `runs` (`status`);--> statement-breakpoint
CREATE INDEX `runs_version` ON `runs` (`version_id`);--> statement-breakpoint
CREATE INDEX `runs_pipeline_id` ON `runs` (`pipeline_id`);--> statement-breakpoint
CREATE INDEX `runs_resume_of` ON `runs` (`resume_of`);--> statement-breakpoint
CREATE INDEX `runs_started_by` ON `runs` (`started_by_id`,`number`);--> statement-breakpoint
CREATE TABLE `schedule_firings` (
	`workspace_id` text NOT NULL,
	`schedule_id` text NOT NULL,
	`slot` integer NOT NULL,
	`outcome` text NOT NULL,
	`detail` text,
	`run_id` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`schedule_id`, `slot`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`schedule_id`) REFERENCES `schedules`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE INDEX `schedule_firings_run` ON `schedule_firings` (`run_id`);--> statement-breakpoint
CREATE TABLE `schedules` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`pipeline_id` text NOT NULL,
	`cron` text NOT NULL,
	`time_zone` text NOT NULL,
	`parameters` text NOT NULL,
	`enabled` integer NOT NULL,
	`catch_up` text DEFAULT 'skip' NOT NULL,
	`settled_until` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`pipeline_id`) REFERENCES `pipelines`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `schedules_workspace` ON `schedules` (`workspace_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `schedules_pipeline` ON `schedules` (`pipeline_id`);--> statement-breakpoint
CREATE TABLE `secrets` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`value` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `secrets_name` ON `secrets` (`workspace_id`,`name`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`user_name` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`last_used_at` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_token_hash` ON `sessions` (`token_hash`);--> statement-breakpoint
CREATE TABLE `settings` (
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`value` text NOT NULL,
	PRIMARY KEY(`workspace_id`, `name`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE TABLE `sign_in_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `sign_in_tokens_token_hash` ON `sign_in_tokens` (`token_hash`);--> statement-breakpoint
CREATE TABLE `step_cache` (
	`workspace_id` text NOT NULL,
	`key` text NOT NULL,
	`step_id` text NOT NULL,
	`run_number` integer NOT NULL,
	`milliseconds` real NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `key`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`step_id`) REFERENCES `steps`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `step_cache_step` ON `step_cache` (`step_id`);--> statement-breakpoint
CREATE TABLE `step_outputs` (
	`workspace_id` text NOT NULL,
	`step_id` text NOT NULL,
	`port` text NOT NULL,
	`hash` text NOT NULL,
	`lease_no` integer NOT NULL,
	PRIMARY KEY(`step_id`, `port`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`step_id`) REFERENCES `steps`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`workspace_id`,`hash`) REFERENCES `artifacts`(`workspace_id`,`hash`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `step_outputs_artifact` ON `step_outputs` (`workspace_id`,`hash`);--> statement-breakpoint
CREATE TABLE `steps` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`run_id` text NOT NULL,
	`pipeline_id` text NOT NULL,
	`run_number` integer NOT NULL,
	`node` text NOT NULL,
	`type` text NOT NULL,
	`name` text NOT NULL,
	`position` integer NOT NULL,
	`status` text NOT NULL,
	`attempt` integer NOT NULL,
	`lease_owner` text,
	`lease_no` integer NOT NULL,
	`lease_until` integer,
	`deadline` integer,
	`key` text,
	`canonical` text,
	`reason` text,
	`error` text,
	`milliseconds` real,
	`peak_bytes` integer,
	`started_at` integer,
	`finished_at` integer,
	`reused_from` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `steps_node` ON `steps` (`run_id`,`node`);--> statement-breakpoint
CREATE INDEX `steps_newest` ON `steps` (`pipeline_id`,`node`,`run_number`);--> statement-breakpoint
CREATE INDEX `steps_key` ON `steps` (`workspace_id`,`key`);--> statement-breakpoint
CREATE TABLE `triggers` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`pipeline_id` text NOT NULL,
	`parameters` text NOT NULL,
	`enabled` integer NOT NULL,
	`token_hash` text NOT NULL,
	`call_count` integer DEFAULT 0 NOT NULL,
	`last_run_id` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`pipeline_id`) REFERENCES `pipelines`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`last_run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `triggers_token_hash` ON `triggers` (`token_hash`);--> statement-breakpoint
CREATE INDEX `triggers_workspace` ON `triggers` (`workspace_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `triggers_pipeline` ON `triggers` (`pipeline_id`);--> statement-breakpoint
CREATE INDEX `triggers_run` ON `triggers` (`last_run_id`);--> statement-breakpoint
CREATE TABLE `workspaces` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
) STRICT;
