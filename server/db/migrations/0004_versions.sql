ALTER TABLE `pipeline_versions` ADD `name` text;--> statement-breakpoint
ALTER TABLE `pipeline_versions` ADD `description` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `pipeline_versions` ADD `named_by` text;--> statement-breakpoint
ALTER TABLE `pipeline_versions` ADD `named_at` integer;