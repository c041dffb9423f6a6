/** A number as an SQL literal of type DOUBLE, exact. */
export const numberInSql = (value: number): string => `CAST('${value}' AS DOUBLE)`;

/** SQL for a FLOAT or DOUBLE, missing where it is infinite or not a number. */
export const finiteInSql = (sql: string): string => `CASE WHEN isfinite(${sql}) THEN ${sql} END`;
