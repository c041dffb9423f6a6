/** Why an expression cannot become part of a model. */
export class NotInGraph extends Error {}
