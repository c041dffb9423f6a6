DROP INDEX `runs_status`;--> statement-breakpoint
CREATE INDEX `runs_under_way` ON `runs` (`number`) WHERE status IN ('queued', 'running', 'cancelling');--> statement-breakpoint
ALTER TABLE `dataset_versions` ADD `description` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `dataset_versions` ADD `run_id` text REFERENCES runs(id) ON DELETE SET NULL;--> statement-breakpoint
ALTER TABLE `dataset_versions` ADD `run_number` integer;--> statement-breakpoint
CREATE INDEX `dataset_versions_run` ON `dataset_versions` (`run_id`);--> statement-breakpoint
ALTER TABLE `datasets` ADD `tags` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `datasets` ADD `licence` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `datasets` ADD `last_version` integer DEFAULT 0 NOT NULL;