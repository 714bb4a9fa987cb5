/** What a column of a table holds: any text, whole numbers within 2^53, numbers with a decimal point, or true and false. Each may be null. */
export type ColumnType = "text" | "whole" | "decimal" | "flag";
