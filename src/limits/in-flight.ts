/** Counts the requests under way. Each `enter` is paired with one `leave`, however the request ends. */
export interface InFlight {
  readonly count: number;
  /** False beyond the limit; the request is counted all the same. */
  enter(): boolean;
  leave(): void;
}

export function createInFlight(max: number): InFlight {
  let count = 0;
  return {
    get count() {
      return count;
    },
    enter: () => ++count <= max,
    leave: () => {
      count--;
    },
  };
}
