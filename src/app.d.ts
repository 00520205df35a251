declare global {
  namespace App {
    interface Error {
      /** What was wrong, where, and what to do. */
      message: string;
    }
  }
}

export {};
