import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { appliedSchema, modelOutputs } from '../../kit/model-schema.ts';
import { ASSIGNMENTS } from '../../kit/signature.ts';
import { densityClusters } from '../../kernels/dbscan.ts';
import { turns } from '../../kernels/turns.ts';
import { prepareFeatures } from '../../learners/features.server.ts';
import { rowMajor } from '../../learners/matrix.server.ts';
import { unsupervisedFeatures } from '../../train/unsupervised.ts';
import { dbscan } from './node.ts';

export default defineRun(dbscan, async ({ data }, { columns, radius, minimumRows, normalize }, context) => {
  const { features: chosen, issues } = unsupervisedFeatures('clustering', undefined, data.schema, columns);
  if (issues[0]) throw new NodeError(issues[0].code, issues[0].message, { param: issues[0].param });
  if (data.rowCount === 0) throw new NodeError('rows_none', 'There are no rows to group. Look at the node that feeds this one.');
  const all = await data.read();
  const values = chosen.map((schema) => {
    const own = all.get(schema.name)!;
    return { schema, values: own instanceof Float64Array ? own.map(Math.fround) : own.map((each) => each ?? '') };
  });
  const breathe = turns(context.signal);
  const features = prepareFeatures({ features: values, rowCount: data.rowCount }, { missing: 'impute', scaling: normalize ? 'standardize' : 'none' });
  for (const note of features.notes) context.log(note);
  const width = features.columns.length;
  const matrix = await rowMajor((index) => features.values(index), data.rowCount, width, breathe);
  const labels = await densityClusters(
    { matrix, width, rowCount: data.rowCount },
    { radius, minimumRows },
    { breathe, progress: (share) => context.progress(share) },
  );
  const noise = labels.reduce((count, label) => count + Number(label === -1), 0);
  const found = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  context.log(`${found.toLocaleString('en-US')} groups; ${noise.toLocaleString('en-US')} rows belong to none (−1).`);
  const schema = appliedSchema(data.schema, { outputs: modelOutputs('clustering', undefined), drops: [] });
  const titled = {
    ...schema,
    columns: schema.columns.map((each) => (each.name === ASSIGNMENTS ? { ...each, model: { title: 'DBSCAN', task: 'clustering' as const } } : each)),
  };
  return { data: await context.table(titled, new Map([...all, [ASSIGNMENTS, Float64Array.from(labels)]])) };
});
