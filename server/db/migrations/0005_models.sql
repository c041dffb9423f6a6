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
WHERE `run_id` IN (SELECT `id` FROM `runs`);
