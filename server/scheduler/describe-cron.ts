export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

const isNumber = (field: string): boolean => /^\d+$/.test(field);
const two = (field: string): string => field.padStart(2, '0');
const everyStep = (field: string): number | null => {
  const match = /^\*\/(\d+)$/.exec(field);
  return match ? Number(match[1]) : null;
};

function listed(field: string, names: readonly string[], offset: number): string {
  const nameAt = (text: string): string => {
    const index = isNumber(text) ? Number(text) - offset : names.findIndex((name) => name.slice(0, 3).toLowerCase() === text.toLowerCase());
    return names[index % names.length] ?? text;
  };
  const parts = field.split(',').map((part) => part.split('-').map(nameAt).join(' to '));
  return parts.length === 1 ? parts[0]! : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function timeOf(minute: string, hour: string): string {
  const minutes = everyStep(minute);
  const hours = everyStep(hour);
  if (minute === '*' && hour === '*') return 'every minute';
  if (minutes !== null && hour === '*') return minutes === 1 ? 'every minute' : `every ${minutes} minutes`;
  if (isNumber(minute) && hour === '*') return minute === '0' ? 'every hour' : `every hour at minute ${minute}`;
  if (isNumber(minute) && hours !== null) return `every ${hours} hours at minute ${minute}`;
  const each = hour.split(',');
  if (isNumber(minute) && each.every(isNumber)) return `at ${each.map((one) => `${two(one)}:${two(minute)}`).join(', ')}`;
  return `at minute ${minute} of hour ${hour}`;
}

/** A cron line with five fields in words, such as "At 06:00 on Monday to Friday". */
export function describeCron(line: string): string {
  const [minute = '*', hour = '*', day = '*', month = '*', weekday = '*'] = line.trim().split(/\s+/);
  const days = day === '*' || day === '?' ? '' : isNumber(day) ? `on day ${day} of the month` : `on days ${day} of the month`;
  const weekdays = weekday === '*' || weekday === '?' ? '' : `on ${listed(weekday, WEEKDAYS, 0)}`;
  const text = [timeOf(minute, hour), days, weekdays && days ? `or ${weekdays}` : weekdays, month === '*' ? '' : `in ${listed(month, MONTHS, 1)}`]
    .filter(Boolean)
    .join(' ');
  const everyDay = text.startsWith('at ') && days === '' && weekdays === '' && month === '*';
  const whole = everyDay ? `every day ${text}` : text;
  return whole.charAt(0).toUpperCase() + whole.slice(1);
}
