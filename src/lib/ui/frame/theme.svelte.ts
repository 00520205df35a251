export type Theme = 'system' | 'light' | 'dark';

const order: Theme[] = ['system', 'light', 'dark'];

/** The chosen theme, kept in the browser; `app.html` applies it before anything is drawn. */
class ThemeChoice {
  current = $state<Theme>('system');

  /** Reads the kept choice; in a browser only. */
  restore(): void {
    const kept = document.documentElement.dataset.theme;
    this.current = kept === 'light' || kept === 'dark' ? kept : 'system';
  }

  next(): void {
    this.current = order[(order.indexOf(this.current) + 1) % order.length];
    const root = document.documentElement;
    if (this.current === 'system') delete root.dataset.theme;
    else root.dataset.theme = this.current;
    try {
      if (this.current === 'system') localStorage.removeItem('theme');
      else localStorage.setItem('theme', this.current);
    } catch {
      // Storage is closed to this page: the choice holds until it is left.
    }
  }
}

export const theme = new ThemeChoice();
