import { z } from 'zod';
import { defineNode, type Catalog } from '#nodes/kit/define.ts';
import * as p from '#nodes/kit/params.ts';
import type { PipelineDocument } from '#pipelines/document.ts';

export const BEHAVIOURS = {
  ok: 'ok',
  fail: 'fail',
  crash: 'crash',
  'crash-once': 'crash-once',
  'fail-until-gate': 'fail',
  deaf: 'deaf',
  offspring: 'offspring',
  hoard: 'hoard',
  chatter: 'chatter',
  wait: 'wait',
} as const;
export type Behaviour = keyof typeof BEHAVIOURS;

const define = (type: string, deterministic: boolean) =>
  defineNode({
    type,
    version: 1,
    title: `Test ${type}`,
    category: 'Data transformation',
    family: 'transform',
    icon: 'table',
    summary: '',
    keywords: [],
    inputs: { a: { kind: 'file', title: 'A', optional: true }, b: { kind: 'file', title: 'B', optional: true } },
    outputs: { out: { kind: 'file', title: 'Out' } },
    params: z.object({
      value: p.text({ title: 'Value', default: '' }),
      behaviour: p.choice({ title: 'Behaviour', options: BEHAVIOURS, default: 'ok' }),
      /** A file that gets a line for each attempt. */
      journal: p.text({ title: 'Journal', default: '' }),
      /** A file that `wait` waits for. */
      gate: p.text({ title: 'Gate', default: '' }),
      constant: p.flag({ title: 'Constant', default: false }),
    }),
    deterministic,
    infer: () => ({ outputs: { out: {} }, issues: [] }),
    atScoring: () => ({ as: 'vanish' }),
  });

export const testCatalog: Catalog = { sure: define('sure', true), chance: define('chance', false) };

export interface TestNode {
  readonly type?: 'sure' | 'chance';
  readonly from?: readonly string[];
  readonly params?: Record<string, unknown>;
}

/** A pipeline of test nodes: id → what it is and which nodes feed its ports a and b. */
export function pipelineOf(nodes: Record<string, TestNode>, name = 'Test'): PipelineDocument {
  return {
    formatVersion: 1,
    name,
    description: '',
    kind: 'training',
    parameters: [],
    nodes: Object.entries(nodes).map(([id, { type = 'sure', params = {} }]) => ({
      id,
      type,
      version: 1,
      name: '',
      comment: '',
      params: { value: id, ...params },
    })),
    edges: Object.entries(nodes).flatMap(([id, { from = [] }]) =>
      from.map((each, index) => ({ from: { node: each, port: 'out' }, to: { node: id, port: index === 0 ? 'a' : 'b' } })),
    ),
    notes: [],
    layout: {},
  };
}
