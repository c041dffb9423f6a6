import type { Reporter } from './step-context.ts';

const LOG_LINES = 2_000;
const LOG_CHARACTERS = 1_000_000;
const LINE_CHARACTERS = 4_000;
const METRICS = 20_000;
const NAME_CHARACTERS = 200;
const PROGRESS_MILLISECONDS = 100;

const cut = (text: string, characters: number): string => (text.length > characters ? `${text.slice(0, characters)}…` : text);

/**
 * Keeps a step that reports without end from flooding its parent and the disk: lines and points beyond a limit are dropped, with one notice
 * each. At most 10 MB can wait to be sent, whatever the step does, so the step is never held up.
 */
export function limitReports(reporter: Reporter, now: () => number = Date.now): Reporter {
  let lines = 0;
  let characters = 0;
  let points = 0;
  let full = false;
  let reported = -Infinity;
  let complete = false;
  const log: Reporter['log'] = (level, message) => {
    if (full) return;
    const line = cut(message, LINE_CHARACTERS);
    lines++;
    characters += line.length;
    full = lines > LOG_LINES || characters > LOG_CHARACTERS;
    if (full) reporter.log('warning', `The log is full after ${(lines - 1).toLocaleString('en-US')} lines; further lines were dropped.`);
    else reporter.log(level, line);
  };
  return {
    log,
    progress(fraction, message) {
      const ends = fraction >= 1 && !complete;
      if (!ends && now() - reported < PROGRESS_MILLISECONDS) return;
      complete ||= ends;
      reported = now();
      reporter.progress(fraction, cut(message, NAME_CHARACTERS));
    },
    metric(name, value, iteration) {
      points++;
      if (points <= METRICS) reporter.metric(cut(name, NAME_CHARACTERS), value, iteration);
      else if (points === METRICS + 1) log('warning', `More than ${METRICS.toLocaleString('en-US')} points of metrics; further points were dropped.`);
    },
  };
}
