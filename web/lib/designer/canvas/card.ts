import type { AnyNode, Ports } from '#nodes/kit/define.ts';
import type { Fix, Issue } from '#nodes/kit/issues.ts';
import type { DocumentNode } from '#pipelines/document.ts';
import { deepEqual } from '#pipelines/equal.ts';
import type { NodeState } from '#pipelines/propagate.ts';
import type { PlanStep, Step } from '../../api-types.ts';
import { count, duration, roughly, shortCount } from '../../format.ts';
import { triesWords } from '../../runs/step-words.ts';
import type { IconName } from '../../ui/icons.ts';
import { capital, planSentence } from '../run/plan-words.ts';
import type { Progress } from '../state/run.svelte.ts';

export type Face = 'none' | 'will' | 'queued' | 'running' | 'succeeded' | 'reused' | 'failed' | 'crashed' | 'cancelled' | 'skipped' | 'off' | 'ready';
export interface Card {
  readonly face: Face;
  readonly name: string;
  readonly now: { readonly text: string; readonly tone: 'plain' | 'why' | 'info' | 'warn' | 'bad'; readonly fix: Fix | null };
  /** `whole` are its words where they are shortened, so that nothing is cut. */
  readonly foot: { readonly icon: IconName; readonly text: string; readonly right: string; readonly log: boolean; readonly whole?: string };
  /** From 0 to 1 while running. */
  readonly progress: number | null;
  /** What the next run does with it and why, in a sentence; empty when nothing is known. */
  readonly next: string;
  /** Its result stands and will be taken again: a quiet sign after the state. */
  readonly kept: boolean;
  /** The state in a sentence, for those who do not see the card. */
  readonly words: string;
}

export interface CardFacts {
  readonly node: DocumentNode;
  readonly definition: AnyNode | undefined;
  readonly state: NodeState | undefined;
  readonly issues: readonly Issue[];
  readonly step: Step | undefined;
  readonly plan: PlanStep | undefined;
  readonly progress: Progress | undefined;
  /** The step belongs to the run that is on its way. */
  readonly live: boolean;
  /** The node as the newest run ran it. */
  readonly ran: DocumentNode | undefined;
  readonly inference: boolean;
  /** Steps that must end before this one can begin, while it is queued. */
  readonly waitsFor: number;
  readonly now: number;
}

/** What a node's card says now: failure, then what is wrong, then why it will run, then its setting in short. */
export function cardOf(facts: CardFacts): Card {
  const face = faceOf(facts);
  const { node, definition } = facts;
  const name = node.name || definition?.title || node.type;
  const now = nowLine(facts, face);
  const foot = footLine(facts, face);
  const progress = face === 'running' ? (facts.progress?.fraction ?? 0) : null;
  const next = facts.plan && !facts.live && !facts.inference && face !== 'off' ? planSentence(facts.plan, facts.step !== undefined) : '';
  const kept = facts.plan?.will === 'reuse' && face === 'succeeded';
  return {
    face,
    name,
    now,
    foot,
    progress,
    next,
    kept,
    words: [name, ...(foot.whole === undefined ? [foot.text, foot.right] : [foot.whole]), now.text, next].filter(Boolean).join(', '),
  };
}

function faceOf({ issues, step, plan, live, ran, node, inference }: CardFacts): Face {
  if (node.disabled || issues.some((issue) => issue.code === 'node_off')) return 'off';
  if (inference) return 'ready';
  const status = step?.status;
  if (live && step) return status === 'cancelling' ? 'running' : (status as Face);
  if (node.pin && plan?.will === 'reuse') return 'reused';
  const unchangedFailure = (status === 'failed' || status === 'crashed') && (!ran || deepEqual(ran.params, node.params));
  if (unchangedFailure) return status as Face;
  if (issues.some((issue) => issue.level === 'error')) return 'none';
  if (plan?.will === 'run') return 'will';
  if (!step || !status) return plan ? 'will' : 'none';
  return status === 'queued' || status === 'running' || status === 'cancelling' ? 'will' : (status as Face);
}

function nowLine(facts: CardFacts, face: Face): Card['now'] {
  const { issues, step, plan, progress, definition } = facts;
  const line = (text: string, tone: Card['now']['tone'], fix: Fix | null = null): Card['now'] => ({ text, tone, fix });
  if ((face === 'failed' || face === 'crashed') && step?.error) return line(step.error.message, 'bad');
  if (face === 'running' && progress?.message) return line(progress.message, 'plain');
  const problem = issues.find((issue) => issue.level === 'error');
  if (problem) {
    const open = problem.code === 'port_missing' || problem.code === 'parameter_missing';
    return line(problem.message, open ? 'info' : 'bad', problem.fix ?? null);
  }
  const warning = issues.find((issue) => issue.level === 'warning');
  if (warning) return line(warning.message, 'warn', warning.fix ?? null);
  if (face === 'will' && plan && plan.reason && !/^never ran/.test(plan.reason) && /changed from/.test(plan.reason))
    return line(changeText(plan.reason), 'why');
  if ((face === 'skipped' || face === 'cancelled') && step?.reason) return line(capital(step.reason), 'plain');
  return line(shortSetting(facts) || (facts.node.name ? (definition?.title ?? '') : (definition?.summary ?? '')), 'plain');
}

/** The setting in short, by the node type's own words; it must not stop the card when those fail. */
function shortSetting({ definition, state }: CardFacts): string {
  if (!definition?.describe || !state?.params) return '';
  try {
    return definition.describe(state.params);
  } catch {
    return '';
  }
}

function footLine(facts: CardFacts, face: Face): Card['foot'] {
  const { step, plan, progress, now, waitsFor } = facts;
  const last = plan?.lastMilliseconds;
  const expected = last == null ? '' : `≈ ${briefly(last)}`;
  const foot = (icon: IconName, text: string, right = '', log = false): Card['foot'] => ({ icon, text, right, log });
  const { pin } = facts.node;
  if (pin && (face === 'reused' || face === 'succeeded')) return fitting('pin', [`Pinned · run ${pin.run}`, 'Pinned'], facts);
  switch (face) {
    case 'off':
      return foot('skipped', facts.node.disabled ? 'Disabled' : 'Does not run');
    case 'ready':
      return foot('deploy', 'Part of the endpoint');
    case 'none':
      return foot('none', 'Not run');
    case 'will':
      if (plan?.will === 'reuse') return foot('reused', `Will reuse ${plan.reason.replace('result of ', '')}`);
      return foot('will', `Will run: ${whyAgain(step, plan?.reason ?? 'never ran')}`, expected);
    case 'queued':
      if (waitsFor === 0 && step?.reason) return foot('queued', capital(step.reason), expected);
      return foot('queued', waitsFor > 0 ? `Queued for ${waitsFor} ${waitsFor === 1 ? 'step' : 'steps'}` : 'Queued', expected);
    case 'running': {
      const again = step && step.attempt > 1 ? `Running, ${triesWords(step)}` : step?.status === 'cancelling' ? 'Cancelling' : 'Running';
      return foot('running', progress && progress.fraction > 0 ? `${again} · ${Math.floor(progress.fraction * 100)} %` : again, timeLeft(progress, now));
    }
    case 'succeeded':
      return fitting('ok', [duration(step?.milliseconds)], facts, plan?.will === 'reuse' ? LETTERS - 3 : LETTERS);
    case 'reused':
      return fitting('reused', step?.reusedFrom == null ? ['Reused'] : [`Reused · run ${step.reusedFrom}`, 'Reused'], facts);
    case 'failed':
      return foot('fail', step?.milliseconds == null ? 'Failed' : `Failed · ${duration(step.milliseconds)}`, '', true);
    case 'crashed':
      return foot('crashed', 'Crashed', '', true);
    case 'cancelled':
      return foot('x', 'Cancelled');
    case 'skipped':
      return foot('skipped', 'Skipped');
  }
}

/** `L2 weight: 1 → 0.1`; the values come first where the title is long, so that they are seen. */
function changeText(reason: string): string {
  const [first = ''] = reason.split(';');
  const match = /^(.*) changed from (.*) to (.*)$/.exec(first);
  if (!match) return capital(first);
  const [, title = '', before, after] = match;
  return title.length > 20 ? `${before} → ${after}, ${title.charAt(0).toLowerCase()}${title.slice(1)}` : `${capital(title)}: ${before} → ${after}`;
}

/** Why a node will run, in short; a step that was begun cannot be said never to have run. */
function whyAgain(step: Step | undefined, reason: string): string {
  if (!step) return 'never ran';
  return reason === 'never ran' && step.status === 'cancelled' ? 'it was cancelled' : shortReason(reason);
}

/** A reason that fits on the foot of a card: what changed, not from what to what. */
export function shortReason(reason: string): string {
  const [first = ''] = reason.replace(/\.$/, '').split(';');
  const known: readonly (readonly [RegExp, string])[] = [
    [/^never ran/i, 'never ran'],
    [/^node type/i, 'node updated'],
    [/^input (changed|connected|disconnected)/i, reason.includes('is disabled') ? 'input disabled' : 'new input'],
    [/changed from|^.* changed$/i, 'new setting'],
    [/^the pinned result is gone/i, 'pinned result is gone'],
    [/^new version of/i, 'new data'],
    [/^not deterministic/i, 'never reused'],
    [/runs before it$/i, 'new input'],
    [/^the earlier result was damaged/i, 'result was damaged'],
    [/^the earlier result/i, 'result is gone'],
    [/^forced/i, 'asked for'],
  ];
  return known.find(([pattern]) => pattern.test(first))?.[1] ?? first;
}

/** A guessed time needs one decimal. */
const briefly = (milliseconds: number): string =>
  milliseconds < 50 ? '0.1 s' : milliseconds < 9_950 ? `${(milliseconds / 1_000).toFixed(1)} s` : roughly(milliseconds);

function timeLeft(progress: Progress | undefined, now: number): string {
  if (!progress || progress.fraction < 0.05) return '';
  const left = ((now - progress.since) / progress.fraction) * (1 - progress.fraction);
  return left > 1_500 ? `${roughly(left)} left` : '';
}

/** Letters that fit on a foot beside its icon; a sign after the state takes the room of three. */
const LETTERS = 23;

/** The foot with the first of the texts that leaves room for the size of the results; where none does, large numbers are shortened too. */
function fitting(icon: IconName, texts: readonly string[], facts: CardFacts, letters = LETTERS): Card['foot'] {
  const [size, short] = [sizeOf(facts, count), sizeOf(facts, shortCount)];
  const ways = [...texts.map((text) => ({ text, right: size })), { text: texts.at(-1)!, right: short }];
  const [first] = ways;
  const way = ways.find(({ text, right }) => text.length + right.length <= letters) ?? ways.at(-1)!;
  return { icon, ...way, log: false, ...(way === first ? {} : { whole: [first!.text, size].join(', ') }) };
}

/** Rows × columns of the one table, or the rows of several. */
function sizeOf({ step, definition }: CardFacts, written: (rows: number | null) => string): string {
  const order = Object.keys((definition?.outputs as Ports | undefined) ?? {});
  const tables = (step?.outputs ?? [])
    .filter((each) => each.kind === 'table' && each.rowCount !== null)
    .sort((a, b) => order.indexOf(a.port) - order.indexOf(b.port));
  if (tables.length === 1) return `${written(tables[0]!.rowCount)} × ${count(tables[0]!.columnCount)}`;
  return tables.map((each) => written(each.rowCount)).join(' + ');
}
