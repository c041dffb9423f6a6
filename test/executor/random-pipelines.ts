import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { PipelineDocument } from '#pipelines/document.ts';
import type { Random } from './random.ts';
import { pipelineOf, type TestNode } from './test-nodes.ts';

/** A pipeline of test nodes with a shape, policies and failures drawn by chance; `folder` is for what its steps remember from attempt to attempt. */
export function randomPipeline(random: Random, name: string, folder: string): PipelineDocument {
  const size = 2 + random.below(6);
  const nodes: Record<string, TestNode> = {};
  for (let index = 0; index < size; index++) {
    const needs = [...new Set(Array.from({ length: random.below(3) }, () => random.below(Math.max(1, index))))].filter((need) => need < index);
    const behaviour = random.pick(['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'crash-once', 'fail']);
    nodes[`n${index}`] = {
      type: random.pick(['sure', 'chance', 'chance']),
      from: needs.map((need) => `n${need}`),
      params: { value: `${name}-${index}`, behaviour, gate: behaviour === 'crash-once' ? join(folder, `gate-${name}-${index}`) : '' },
    };
  }
  const document = pipelineOf(nodes, name);
  document.policy = { retryDelaySeconds: 0, crashRetries: random.pick([1, 2, 20]), priority: random.below(3) };
  for (const node of document.nodes)
    if (random.chance(0.4))
      node.policy = { retries: random.below(3), retryDelaySeconds: random.pick([0, 0.02]), onFailure: random.pick(['continue', 'continue', 'stop']) };
  return document;
}

/** What each node of a pipeline of test nodes gives, worked out without the executor: `pipeline id/node` → hash. */
export function outputsOf(id: string, { nodes, edges }: PipelineDocument): [string, string][] {
  const texts = new Map<string, string>();
  for (const { id: node, params } of nodes) {
    const inputs = ['a', 'b'].flatMap((port) => edges.filter(({ to }) => to.node === node && to.port === port).map(({ from }) => texts.get(from.node)!));
    texts.set(node, JSON.stringify({ value: params.value, inputs }));
  }
  return [...texts].map(([node, text]) => [`${id}/${node}`, createHash('sha256').update(text).digest('hex')]);
}
