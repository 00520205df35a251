/** What numeric code needs to know of an AbortSignal. */
export interface Stop {
  readonly aborted: boolean;
}
