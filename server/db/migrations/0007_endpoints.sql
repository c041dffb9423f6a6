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
UPDATE `deployments` SET `served_until` = `created_at` WHERE `weight` = 0;