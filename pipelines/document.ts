import { z } from 'zod';
import { oddText } from './odd-values.ts';
import { runPolicy, stepPolicy } from './policy.ts';

export const FORMAT_VERSION = 1;

const identifier = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'Letters, digits, - and _ only.');

const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .superRefine((value, context) => {
      const wrong = oddText(value);
      if (wrong !== null) context.addIssue({ code: 'custom', message: wrong });
    });

/** Colours of groups and notes: those of the node types' families. */
export const COLOURS = ['data', 'transform', 'learn', 'score', 'text', 'deploy', 'script'] as const;

/** Results that stand for whatever the node would give: output port → content hash of the artifact. */
export const nodePin = z.object({
  /** The number of the run whose results they are. */
  run: z.int().min(1),
  outputs: z.record(z.string().min(1).max(100), z.string().regex(/^[0-9a-f]{64}$/, 'The sha256 of an artifact.')),
});

export const documentNode = z.object({
  id: identifier,
  type: z.string().min(1).max(100),
  version: z.int().min(1),
  /** The name given on the canvas; empty = the node type's title. */
  name: text(200).default(''),
  comment: text(10_000).default(''),
  params: z.record(z.string(), z.unknown()).default({}),
  /** How it is carried out, where that differs from the pipeline's policy. */
  policy: stepPolicy.optional(),
  /** Left out of runs; what enters passes through where kinds allow (`runningPart`). */
  disabled: z.literal(true).optional(),
  pin: nodePin.optional(),
});

const end = z.object({ node: identifier, port: z.string().min(1).max(100) });
export const documentEdge = z.object({ from: end, to: end });

/** A parameter of the whole pipeline: a field of one node that runs, schedules and triggers may set. */
export const documentParameter = z.object({
  name: z
    .string()
    .min(1)
    .max(100)
    .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'Begin with a letter; letters, digits, - and _ only.'),
  description: text(1_000).default(''),
  node: identifier,
  param: z.string().min(1).max(100),
});

export const documentNote = z.object({
  id: identifier,
  text: text(10_000),
  x: z.number(),
  y: z.number(),
  /** In pixels at 100 %; absent = as wide as a card, as high as its text. */
  width: z.number().min(120).max(2_000).optional(),
  height: z.number().min(40).max(2_000).optional(),
  colour: z.enum(COLOURS).optional(),
});

/** The version of a saved sub-pipeline that a group was made from (`pipelines/edit/instances.ts`). */
export const groupSource = z.object({
  /** Id of the pipeline. */
  pipeline: z.string().min(1).max(100),
  /** Id of its version. */
  version: z.string().min(1).max(100),
  /** What it was called then, for when it is gone. */
  name: text(200),
  /** Ids of its nodes and groups → ids of the same ones here. What has gone from the group since may still be named. */
  ids: z.record(identifier, identifier),
});

/** Nodes that belong together: drawn as a frame, or collapsed as one card that opens in place. It means nothing to a run. */
export const documentGroup = z.object({
  id: identifier,
  title: text(200).default(''),
  colour: z.enum(COLOURS).default('data'),
  collapsed: z.boolean().default(false),
  /** Its card shows every port that could be wired from outside, also those that are seldom wanted (`outerPorts`). */
  allPorts: z.literal(true).optional(),
  /** Ids of its own nodes; a node is of one group at most. */
  nodes: z.array(identifier).max(10_000),
  /** The group that it stands in. */
  parent: identifier.optional(),
  source: groupSource.optional(),
});

/** A saved pipeline. Where cards stand is kept apart from what they mean, so that Git diffs read well. */
export const pipelineDocument = z.object({
  formatVersion: z.literal(FORMAT_VERSION),
  name: text(200).min(1),
  description: text(10_000).default(''),
  /**
   * Made from a training pipeline: `inference` to be looked at and deployed, `batch` to be run over datasets. A `sub-pipeline` is a part for
   * other pipelines, which take its named versions.
   */
  kind: z.enum(['training', 'inference', 'batch', 'sub-pipeline']).default('training'),
  parameters: z.array(documentParameter).max(200).default([]),
  /** How runs are carried out. */
  policy: runPolicy.optional(),
  nodes: z.array(documentNode).max(10_000).default([]),
  edges: z.array(documentEdge).max(50_000).default([]),
  notes: z.array(documentNote).max(1_000).default([]),
  groups: z.array(documentGroup).max(1_000).optional(),
  /** Node id → top left corner on the canvas, in pixels at 100 %. */
  layout: z.record(z.string(), z.tuple([z.number(), z.number()])).default({}),
});

export type PipelineDocument = z.output<typeof pipelineDocument>;
export type DocumentNode = z.output<typeof documentNode>;
export type DocumentEdge = z.output<typeof documentEdge>;
export type DocumentParameter = z.output<typeof documentParameter>;
export type DocumentGroup = z.output<typeof documentGroup>;
export type GroupSource = z.output<typeof groupSource>;
export type PipelineKind = PipelineDocument['kind'];
export type Colour = (typeof COLOURS)[number];
export type NodePin = z.output<typeof nodePin>;
export type DocumentNote = z.output<typeof documentNote>;

export function emptyDocument(name: string): PipelineDocument {
  return pipelineDocument.parse({ formatVersion: FORMAT_VERSION, name });
}
