import type { ConnectionAbility } from '../kit/connection.ts';
import type { Assets } from '../kit/define.ts';
import { problem, type Issue } from '../kit/issues.ts';

/** What is wrong with a chosen connection, as far as that is known without opening it. */
export function connectionIssues(name: string, wanted: ConnectionAbility, assets: Assets): readonly Issue[] {
  if (name === '') return [problem('parameter_missing', 'Choose a connection.', { param: 'connection' })];
  const ability = assets.connection?.(name);
  if (ability === undefined) return [];
  const wrong = (message: string): readonly Issue[] => [problem('connection_missing', message, { param: 'connection' })];
  if (ability === null) return wrong(`There is no connection “${name}”. Make it, or choose another.`);
  if (ability.gives !== wanted.gives) {
    const [has, hasNot] = ability.gives === 'rows' ? ['tables', 'files'] : ['files', 'tables'];
    return wrong(`The connection “${name}” has ${has}, no ${hasNot}. Choose another connection, or ${has} here.`);
  }
  return wanted.writes && !ability.writes ? wrong(`The connection “${name}” can only be read. Choose another one.`) : [];
}
