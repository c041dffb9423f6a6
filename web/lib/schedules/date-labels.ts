export interface DateLabel {
  /** Of the first slot that it stands over. */
  readonly label: string;
  /** Over how many slots it stands. */
  readonly span: number;
}

/** Slots that a label needs for its width. */
const ROOM = 4;

/** What stands over slots, the earliest first, in a zone: days, the year where it is another, and times where the day is the same. */
export function dateLabels(slots: readonly string[], timeZone: string): DateLabel[] {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { timeZone, ...options });
  const [day, year, time] = [format({ day: 'numeric', month: 'short' }), format({ year: 'numeric' }), format({ hour: '2-digit', minute: '2-digit' })];
  const labels: DateLabel[] = [];
  let before: { day: string; year: string } | null = null;
  for (let at = 0; at < slots.length; at += ROOM) {
    const slot = new Date(slots[at]!);
    const own = { day: day.format(slot), year: year.format(slot) };
    const sameYear = before === null || own.year === before.year;
    const label = !sameYear ? `${own.day} ${own.year}` : own.day === before?.day ? time.format(slot) : own.day;
    labels.push({ label, span: Math.min(ROOM, slots.length - at) });
    before = own;
  }
  return labels;
}
