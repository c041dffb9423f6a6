import { expect, test } from 'vitest';
import { ApiError } from './api-error.ts';
import { createApi } from './api.ts';
import { SessionState } from './session.svelte.ts';

const session = { user: { name: 'Owner' }, workspace: { id: 'w', name: 'Workspace' } };
const unauthorized = (): Response =>
  Response.json({ title: 'Not signed in', status: 401, detail: 'Sign in.' }, { status: 401, headers: { 'content-type': 'application/problem+json' } });

test('an answer from before the sign-in that comes after it does not end the session', async () => {
  const first = Promise.withResolvers<Response>();
  let questions = 0;
  const state = new SessionState(
    createApi(async (_address, init) => {
      if (init?.method === 'POST') return new Response(null, { status: 204 });
      return questions++ === 0 ? first.promise : Response.json(session);
    }),
  );
  const early = state.load();
  await state.signIn('token');
  expect(state.state).toBe('in');
  first.resolve(unauthorized());
  await early;
  expect(state.state).toBe('in');
});

test('who is not signed in is told so, and a refused link says why', async () => {
  const state = new SessionState(createApi(async () => unauthorized()));
  await state.load();
  expect(state.state).toBe('out');
  await expect(state.signIn('used')).rejects.toBeInstanceOf(ApiError);
  expect(state.state).toBe('out');
});

test('what the browser kept is forgotten before the session ends', async () => {
  const done: string[] = [];
  const api = createApi(async (_address, init) => {
    if (init?.method === 'DELETE') done.push('signed out');
    return init?.method === 'DELETE' ? new Response(null, { status: 204 }) : Response.json(session);
  });
  const state = new SessionState(api, async () => void done.push('forgotten'));
  await state.load();
  await state.signOut();
  expect(done).toEqual(['forgotten', 'signed out']);
  expect(state.state).toBe('out');
});
