/** A saved sub-pipeline in its newest named version: the one that pipelines take. */
export interface SubPipeline {
  /** Id of the pipeline that holds it. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly latest: {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly by: string;
    readonly at: string;
    readonly nodeCount: number;
  };
}
