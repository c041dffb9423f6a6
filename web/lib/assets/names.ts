/** A name that datasets, models and endpoints may have, made from any text: `Telco churn.csv` → `telco-churn`. */
export function assetName(text: string): string {
  const name = text
    .trim()
    .replace(/(\.(csv|tsv|txt|json|jsonl|ndjson|parquet|xlsx|xlsm|xlsb|xls|arrow|arrows|feather|arff|svmlight|svm|libsvm|zip))?(\.gz)?$/i, '')
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '')
    .slice(0, 60);
  return name || 'untitled';
}
