import { emptyDocument } from '#pipelines/document.ts';
import type { Api } from '../api.ts';
import type { Pipeline } from '../api-types.ts';

/** A new, empty pipeline with a name that is free among those given. */
export function newPipeline(api: Api, taken: readonly string[]): Promise<Pipeline> {
  let name = 'Untitled pipeline';
  for (let number = 2; taken.includes(name); number += 1) name = `Untitled pipeline ${number}`;
  return api.pipelines.create(emptyDocument(name));
}

/** Reads a *.pipeline.json file and stores it as a new pipeline. Nothing in it runs. */
export async function importPipeline(api: Api, file: File): Promise<Pipeline> {
  const text = await file.text();
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file.name} is not JSON (${error instanceof Error ? error.message : String(error)}). Choose a file that Export made.`, { cause: error });
  }
  return api.pipelines.create(document);
}
