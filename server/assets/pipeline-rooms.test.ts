import { describe, expect, test } from 'vitest';
import { PipelineRooms, type RoomEvent } from './pipeline-rooms.ts';

/** A tab in a room, read event by event. */
function tab(rooms: PipelineRooms, client: string, name = 'Owner') {
  const gone = new AbortController();
  const events = rooms.join('p', { client, name, node: null }, gone.signal);
  const next = async (): Promise<RoomEvent> => (await events.next()).value as RoomEvent;
  const leave = async (): Promise<void> => {
    gone.abort();
    await events.next();
  };
  return { next, leave, done: async () => (await events.next()).done };
}
const names = (event: RoomEvent): string[] =>
  event.type === 'people' ? event.people.map(({ name, node }) => (node === null ? name : `${name} at ${node}`)) : [];

describe('PipelineRooms', () => {
  test('tells all who is there, where they are, and that they left', async () => {
    const rooms = new PipelineRooms();
    const first = tab(rooms, 'one');
    expect(names(await first.next())).toEqual(['Owner']);
    const second = tab(rooms, 'two');
    expect(names(await second.next())).toEqual(['Owner', 'Owner 2']);
    expect(names(await first.next())).toEqual(['Owner', 'Owner 2']);
    expect(rooms.move('p', 'two', 'split')).toBe(true);
    expect(names(await first.next())).toEqual(['Owner', 'Owner 2 at split']);
    await second.leave();
    expect(names(await first.next())).toEqual(['Owner']);
    await first.leave();
    expect(rooms.size).toBe(0);
  });

  test('whoever is behind gets the newest of each kind', async () => {
    const rooms = new PipelineRooms();
    const slow = tab(rooms, 'slow');
    await slow.next();
    for (let revision = 2; revision < 50; revision++) rooms.tell('p', { type: 'saved', revision, by: 'Ada' });
    rooms.tell('p', { type: 'removed' });
    expect([await slow.next(), await slow.next()]).toEqual([{ type: 'saved', revision: 49, by: 'Ada' }, { type: 'removed' }]);
  });

  test('a tab that comes again takes its own place, and its old stream ends', async () => {
    const rooms = new PipelineRooms();
    const old = tab(rooms, 'one');
    await old.next();
    const again = tab(rooms, 'one');
    expect(names(await again.next())).toEqual(['Owner']);
    expect(await old.done()).toBe(true);
    expect(rooms.size).toBe(1);
  });

  test('nobody moves who is not there, and other rooms hear nothing', async () => {
    const rooms = new PipelineRooms();
    expect(rooms.move('p', 'stranger', 'x')).toBe(false);
    const here = tab(rooms, 'one');
    await here.next();
    rooms.tell('another', { type: 'saved', revision: 2, by: 'Ada' });
    rooms.tell('p', { type: 'saved', revision: 3, by: 'Ada' });
    expect(await here.next()).toMatchObject({ revision: 3 });
  });
});
