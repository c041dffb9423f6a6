const STORAGE = 'modelwright.designer.frame';

interface Kept {
  library: { open: boolean; size: number | null };
  inspector: { open: boolean; size: number | null };
  bottom: { open: boolean; size: number | null };
  map: boolean;
  snap: boolean;
}
type Region = 'library' | 'inspector' | 'bottom';
const LIMITS: Readonly<Record<Region, readonly [number, number]>> = { library: [200, 400], inspector: [280, 480], bottom: [120, 720] };

/** Which regions stand open and how large they are; remembered in this browser. Size null = the width of the look. */
export class Frame {
  #kept = $state<Kept>({
    library: { open: true, size: null },
    inspector: { open: true, size: null },
    bottom: { open: true, size: null },
    map: true,
    snap: true,
  });

  constructor() {
    try {
      const stored = JSON.parse(localStorage.getItem(STORAGE) ?? 'null') as Partial<Kept> | null;
      if (stored) this.#kept = { ...this.#kept, ...stored };
    } catch {
      // Storage may be refused or hold something older; the regions then begin as designed.
    }
  }

  isOpen(region: Region): boolean {
    return this.#kept[region].open;
  }

  /** The least and the most that a region may be, in pixels. */
  limitsOf(region: Region): readonly [number, number] {
    return LIMITS[region];
  }

  sizeOf(region: Region): number | null {
    return this.#kept[region].size;
  }

  get map(): boolean {
    return this.#kept.map;
  }

  toggleMap(): void {
    this.#kept.map = !this.#kept.map;
    this.#keep();
  }

  /** Cards that are dragged stop on the grid. */
  get snap(): boolean {
    return this.#kept.snap;
  }

  toggleSnap(): void {
    this.#kept.snap = !this.#kept.snap;
    this.#keep();
  }

  toggle(region: Region, open = !this.#kept[region].open): void {
    this.#kept[region].open = open;
    this.#keep();
  }

  resize(region: Region, size: number): void {
    const [least, most] = LIMITS[region];
    this.#kept[region].size = Math.round(Math.min(most, Math.max(least, size)));
    this.#keep();
  }

  reset(region: Region): void {
    this.#kept[region].size = null;
    this.#keep();
  }

  #keep(): void {
    try {
      localStorage.setItem(STORAGE, JSON.stringify(this.#kept));
    } catch {
      // Not remembered, then.
    }
  }
}
