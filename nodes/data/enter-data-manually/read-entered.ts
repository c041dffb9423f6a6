import { DelimitedTextError, readDelimited, type DelimitedTable } from '../../kit/csv.ts';
import { readArff } from '../../kit/arff.ts';
import { readSvmLight } from '../../kit/svmlight.ts';

export type Entered = ({ readonly ok: true } & DelimitedTable) | { readonly ok: false; readonly message: string };

/** The one reader of entered text: `infer` and `run` both use it, so what is promised is what comes. */
export function readEntered(params: { readonly format: 'csv' | 'tsv' | 'arff' | 'svmlight'; readonly hasHeader: boolean; readonly data: string }): Entered {
  const text = params.data.replace(/\s+$/, '');
  try {
    if (params.format === 'arff') return { ok: true, ...readArff(text) };
    if (params.format === 'svmlight') return { ok: true, ...readSvmLight(text) };
    const header = params.hasHeader ? 'yes' : 'no';
    return { ok: true, ...readDelimited(text, { delimiter: params.format === 'tsv' ? '\t' : ',', header }) };
  } catch (error) {
    if (error instanceof DelimitedTextError) return { ok: false, message: error.message };
    throw error;
  }
}
