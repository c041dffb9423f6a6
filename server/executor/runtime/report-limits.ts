import type { Reporter } from './step-context.ts';

const LOG_LINES = 2_000;
const LOG_LENGTH = 4_000;
const METRICS = 20_000;
const PROGRESS_MILLISECONDS = 100;

/** Keeps a step that reports without end from flooding its parent: lines and points beyond a limit are dropped, with one notice. */
export function limitReports(reporter: Reporter, now: () => number = Date.now): Reporter {
  let lines = 0;
  let points = 0;
  let reported = 0;
  return {
    log(level, message) {
      lines++;
      if (lines <= LOG_LINES) reporter.log(level, message.length > LOG_LENGTH ? `${message.slice(0, LOG_LENGTH)}…` : message);
      else if (lines === LOG_LINES + 1) reporter.log('warning', `More than ${LOG_LINES} lines; the rest of the log is left out.`);
    },
    progress(fraction, message) {
      if (fraction < 1 && now() - reported < PROGRESS_MILLISECONDS) return;
      reported = now();
      reporter.progress(fraction, message.slice(0, 200));
    },
    metric(name, value, iteration) {
      if (++points <= METRICS) reporter.metric(name, value, iteration);
    },
  };
}
