/** What a page was asked for last, which its address follows a moment later, one change after the other. */
export class LatestSearch {
  #latest: URLSearchParams;
  /** Asked for, and not seen in the address yet. */
  #underWay: string[] = [];

  constructor(search: URLSearchParams) {
    this.#latest = search;
  }

  get value(): URLSearchParams {
    return this.#latest;
  }

  ask(next: URLSearchParams): void {
    this.#latest = next;
    this.#underWay.push(next.toString());
  }

  /** The address has changed: it has come to one of ours, perhaps past others, or somebody went elsewhere. */
  arrived(search: URLSearchParams): void {
    const reached = this.#underWay.lastIndexOf(search.toString());
    this.#underWay = reached === -1 ? [] : this.#underWay.slice(reached + 1);
    if (reached === -1) this.#latest = search;
  }
}
