/** A point in time as people write it. */
export interface WrittenMoment {
  readonly ms: number;
  /** `time`: RFC 3339 with a time zone. `day`: without a time of day. `loose`: a time, not quite in that form. */
  readonly form: 'time' | 'day' | 'loose';
}

const written =
  /^(?<day>\d{4}-\d\d-\d\d)(?:(?<between>[Tt ])(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.\d+)?)?\s?(?<zone>[Zz]|[+-]\d\d:?\d\d)?)?$/;

/** Null: it is no point in time, or one that the calendar does not have. */
export function momentOf(text: string): WrittenMoment | null {
  const groups = written.exec(text.trim())?.groups;
  const { day, between, hour, minute, second, zone } = groups ?? {};
  if (day === undefined || !isDay(day)) return null;
  if (hour === undefined) return { ms: Date.parse(`${day}T00:00:00Z`), form: 'day' };
  const ms = Date.parse(
    `${day}T${hour}:${minute}:${second === '60' ? '59' : (second ?? '00')}${zoneOf(zone)}`,
  );
  if (Number.isNaN(ms)) return null;
  const isExact =
    between !== ' ' && second !== undefined && zone !== undefined && /^(?:[Zz]|.*:.*)$/.test(zone);
  return { ms, form: isExact && !/\s/.test(text) ? 'time' : 'loose' };
}

/** Without a zone as if it were UTC: what matters is only which of two is earlier. */
function zoneOf(zone: string | undefined): string {
  if (zone === undefined || /^z$/i.test(zone)) return 'Z';
  return zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
}

/** The library takes the 31st of February for a day in March. */
function isDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}

/** Whether one is before another; of days, and of a day and a time, whether its day is. */
export function isBefore(a: WrittenMoment, b: WrittenMoment): boolean {
  if (a.form !== 'day' && b.form !== 'day') return a.ms < b.ms;
  return dayOf(a) < dayOf(b);
}

const dayOf = ({ ms }: WrittenMoment): string => new Date(ms).toISOString().slice(0, 10);

/** How the same is written in the form that is asked for. */
export function writtenAs({ ms }: WrittenMoment, form: 'time' | 'day'): string {
  const iso = new Date(ms).toISOString().replace('.000Z', 'Z');
  return form === 'day' ? iso.slice(0, 10) : iso;
}
