ALTER TABLE `computes` ADD `description` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `runs` ADD `policy` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `runs` ADD `priority` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `runs_of_status` ON `runs` (`workspace_id`,`status`,`number`);--> statement-breakpoint
ALTER TABLE `steps` ADD `cpu_milliseconds` real;--> statement-breakpoint
ALTER TABLE `steps` ADD `failures` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `steps` ADD `crashes` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `steps` ADD `compute` text;--> statement-breakpoint
ALTER TABLE `steps` ADD `ready_at` integer;--> statement-breakpoint
CREATE INDEX `steps_newest_good` ON `steps` (`pipeline_id`,`node`,`run_number`) WHERE status IN ('succeeded', 'reused');