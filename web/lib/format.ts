/** How numbers, times and sizes read on every screen. Missing is always an en dash. */
export const NONE = '–';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A count: `7,043`. */
export function count(value: number | bigint | null | undefined): string {
  return value == null || (typeof value === 'number' && !Number.isFinite(value)) ? NONE : grouped.format(value);
}

/** A count where there is little room: `7,043`, `54 k`, `3.0 M`. */
export function shortCount(value: number | null | undefined): string {
  if (value == null || Math.abs(value) < 10_000) return count(value);
  return Math.abs(value) < 999_500 ? `${count(Math.round(value / 1_000))} k` : `${fixed(value / 1e6, 1)} M`;
}

/** A figure with a fixed number of decimals: `0.851`, `1,397.475`. */
export function fixed(value: number | null | undefined, decimals = 3): string {
  if (value == null || Number.isNaN(value)) return NONE;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  return withMinus(new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value));
}

/** A number's text with the sign that is as wide as a plus, in its exponent too. */
const withMinus = (text: string): string => text.replace(/^-/, '−').replace('e-', 'e−');

/** A figure between −1 and 1, say: without a minus sign before a zero. */
export function signed(value: number | null | undefined, decimals = 3): string {
  const text = fixed(value, decimals);
  return /^−[0.]+$/.test(text) ? text.slice(1) : text;
}

/** A value of unknown size with four significant digits: `0.00012`, `64.76`, `2,283`; very large and very small ones by powers of ten. */
export function figure(value: number | null | undefined): string {
  if (value == null || Number.isNaN(value)) return NONE;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e12)) return withMinus(value.toExponential(2).replace('e+', 'e'));
  return withMinus(new Intl.NumberFormat('en-US', size >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 4 }).format(value));
}

/**
 * Values of one column or pair, to be compared: all with the same number of decimals, which gives the largest four significant digits and the
 * smallest two where they are no more than three decimals apart. Whole numbers alone have none.
 */
export function figures(values: readonly (number | null | undefined)[]): string[] {
  const sizes = values.flatMap((value) => (value != null && Number.isFinite(value) && value !== 0 ? [Math.abs(value)] : []));
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  if (sizes.length === 0 || least < 1e-4 || most >= 1e12) return values.map(figure);
  const whole = values.every((value) => value == null || !Number.isFinite(value) || Number.isInteger(value));
  const places = (size: number, digits: number): number => digits - 1 - Math.floor(Math.log10(size));
  const usual = Math.max(0, places(most, 4));
  const decimals = whole ? 0 : Math.min(Math.max(usual, places(least, 2)), usual + 3);
  return values.map((value) => fixed(value, decimals));
}

/** A share of 1 in percent: `26.5 %`. */
export function percent(share: number | null | undefined, decimals = 1): string {
  return share == null || !Number.isFinite(share) ? NONE : `${fixed(share * 100, decimals)} %`;
}

/** A length of time: `0.31 s`, `48.2 s`, `3 min 20 s`, `2 h 5 min`; below 10 ms in `ms`. */
export function duration(milliseconds: number | null | undefined): string {
  if (milliseconds == null || !Number.isFinite(milliseconds)) return NONE;
  if (milliseconds < 0.005) return '0 ms';
  if (milliseconds < 10) return `${fixed(milliseconds, milliseconds < 1 ? 2 : 1)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 9.995) return `${fixed(seconds, 2)} s`;
  if (seconds < 99.95) return `${fixed(seconds, 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return minutes < 2880 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.round(minutes / 1440)} d`;
}

/** A guessed length of time: no more exact than to the second. */
export const roughly = (milliseconds: number): string => duration(Math.max(1, Math.round(milliseconds / 1_000)) * 1_000).replace(/\.\d+ s$/, ' s');

/** A size in memory or on disk, by thousands: `214 kB`, `1.24 GB`. */
export function bytes(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NONE;
  if (value < 1000) return `${value} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let size = value / 1000;
  let at = 0;
  while (size >= 999.5 && at < units.length - 1) {
    size /= 1000;
    at += 1;
  }
  return `${fixed(size, size < 10 ? 2 : size < 100 ? 1 : 0)} ${units[at]}`;
}

const MINUTE = 60_000;
const day = (at: Date): string => `${at.getDate()} ${at.toLocaleString('en-GB', { month: 'short' })}`;
const clock = (at: Date): string => at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

/** When, seen from now: `now`, `5 min ago`, `6 h ago`, `yesterday 16:20`, `Wed 16:20`, `12 Nov`, `12 Nov 2024`. Past and future. */
export function when(iso: string | number | null | undefined, now: Date = new Date()): string {
  if (iso == null) return NONE;
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return NONE;
  const gap = now.getTime() - at.getTime();
  const size = Math.abs(gap);
  const phrase = (text: string): string => (gap >= 0 ? `${text} ago` : `in ${text}`);
  if (size < MINUTE) return gap >= 0 ? 'now' : 'in a moment';
  if (size < 60 * MINUTE) return phrase(`${Math.floor(size / MINUTE)} min`);
  if (size < 20 * 60 * MINUTE) return phrase(`${Math.floor(size / (60 * MINUTE))} h`);
  const midnight = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(at)) / (24 * 60 * MINUTE));
  if (days === 0) return clock(at);
  if (days === 1) return `yesterday ${clock(at)}`;
  if (days === -1) return `tomorrow ${clock(at)}`;
  if (Math.abs(days) < 7) return `${at.toLocaleString('en-GB', { weekday: 'short' })} ${clock(at)}`;
  return at.getFullYear() === now.getFullYear() ? day(at) : `${day(at)} ${at.getFullYear()}`;
}

/** The full date and time, for a tip or a detail: `12 Nov 2026, 16:20:05`. */
export function moment(iso: string | number | null | undefined): string {
  if (iso == null) return NONE;
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? NONE : `${day(at)} ${at.getFullYear()}, ${at.toLocaleTimeString('en-GB')}`;
}

/** `1 row`, `7,043 rows`. */
export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}

/** Rows × columns: `7,043 × 20`. */
export function shape(rowCount: number | null, columnCount: number | null): string {
  return rowCount === null && columnCount === null ? NONE : `${count(rowCount)} × ${count(columnCount)}`;
}

/** A metric's name in words: `averagePrecision` → `Average precision`; known short forms stay short. */
export function metricName(key: string): string {
  const known = METRIC_NAMES[key];
  if (known) return known;
  if (key.startsWith('quantileLoss')) return `Quantile loss ${key.slice('quantileLoss'.length)}`;
  const words = key.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
const METRIC_NAMES: Readonly<Record<string, string>> = {
  auc: 'AUC',
  f1: 'F1',
  mae: 'Mean absolute error',
  rmse: 'Root mean squared error',
  rae: 'Relative absolute error',
  rse: 'Relative squared error',
  r2: 'R²',
  brier: 'Brier score',
  liftTop10: 'Lift in the top 10 %',
  logLoss: 'Log loss',
  aucMacro: 'AUC, macro',
  aucWeighted: 'AUC, weighted',
  f1Micro: 'F1, micro',
  f1Macro: 'F1, macro',
  f1Weighted: 'F1, weighted',
  precisionMacro: 'Precision, macro',
  recallMacro: 'Recall, macro',
  top2Accuracy: 'Accuracy, top 2',
  top3Accuracy: 'Accuracy, top 3',
  top5Accuracy: 'Accuracy, top 5',
  matthewsCorrelation: 'Matthews correlation',
  cohensKappa: 'Cohen’s kappa',
  mape: 'Mean absolute % error',
  clusters: 'Clusters',
  meanDistance: 'Mean distance to centre',
};

const TASK_NAMES: Readonly<Record<string, string>> = {
  'two-class': 'Two classes',
  multiclass: 'Several classes',
  regression: 'A number',
  clustering: 'Clusters',
  anomaly: 'Anomalies',
};
/** What a model predicts, in words. */
export const taskName = (task: string | null | undefined): string => (task ? (TASK_NAMES[task] ?? task) : NONE);

/** A node type's or learner's id in words: `two-class-logistic-regression` → `Two-class logistic regression`. */
export function learnerName(type: string | null | undefined): string {
  if (!type) return NONE;
  const words = type.replaceAll('-', ' ').replace(/^two class/, 'two-class');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
