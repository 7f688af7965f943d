/** IndexedDB: the lists as they were fetched, and what waits to be sent. Signing out deletes it all. */
import type { Unsent } from "./queue";

export interface Due {
  state: string;
  words: string;
  left: number | null;
  amount: number;
  day: number;
  at: string;
  runs_until: string;
}
export interface Card {
  task_id: number;
  revision: number;
  sampled: boolean;
  verifies: boolean;
  number: string;
  matter: string;
  words: string;
  place: string;
  lng: number | null;
  lat: number | null;
  close_condition: string;
  evidence_asked: string[];
  due_at: string;
  due: Due | null;
  before: string;
}
export interface Matter {
  code: string;
  name: string;
  also?: string; // a phone may hold what was fetched before there was this
  close_condition: string;
  evidence_asked: string[];
}
export interface Me {
  user_id: number;
  csrf_token: string;
  checks: boolean;
  verifies: boolean;
  records: boolean;
  reports: boolean;
  matters: Matter[];
  more_matters: Matter[];
  solved: { number: string; matter: string } | null;
}
export interface Listed {
  at: number;
  cards: Card[];
}

const NAME = "chengshao-field";
const FETCHED = ["me", "checks"];
type Table = "queue" | "facts" | "pictures";

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("queue", { keyPath: "key" });
    request.result.createObjectStore("facts");
    request.result.createObjectStore("pictures");
  };
  return settled(request);
}

export class Store {
  private constructor(private readonly base: IDBDatabase) {}

  static async open(): Promise<Store> {
    const base = await opened();
    base.onversionchange = () => base.close(); // signing out elsewhere deletes it
    return new Store(base);
  }

  items(): Promise<Unsent[]> {
    return settled(this.table("queue", "readonly").getAll() as IDBRequest<Unsent[]>);
  }

  keep(item: Unsent): Promise<void> {
    return this.written("queue", (table) => table.put(item));
  }

  drop(key: string): Promise<void> {
    return this.written("queue", (table) => table.delete(key));
  }

  fact<T>(name: string): Promise<T | undefined> {
    return settled(this.table("facts", "readonly").get(name) as IDBRequest<T | undefined>);
  }

  keepFact(name: string, value: unknown): Promise<void> {
    return this.written("facts", (table) => table.put(value, name));
  }

  picture(address: string): Promise<Blob | undefined> {
    return settled(this.table("pictures", "readonly").get(address) as IDBRequest<Blob | undefined>);
  }

  keepPicture(address: string, picture: Blob): Promise<void> {
    return this.written("pictures", (table) => table.put(picture, address));
  }

  /** Keep only these pictures. */
  async dropPicturesBut(addresses: Set<string>): Promise<void> {
    const there = await settled(this.table("pictures", "readonly").getAllKeys());
    for (const address of there) {
      if (!addresses.has(String(address))) await this.written("pictures", (table) => table.delete(address));
    }
  }

  /** Somebody else is signed in: what the one before fetched goes, what that one did stays. */
  async forgetLists(): Promise<void> {
    for (const name of FETCHED) await this.written("facts", (table) => table.delete(name));
    await this.written("pictures", (table) => table.clear());
  }

  async destroy(): Promise<void> {
    this.base.close();
    await settled(indexedDB.deleteDatabase(NAME));
  }

  private table(name: Table, mode: IDBTransactionMode): IDBObjectStore {
    return this.base.transaction(name, mode).objectStore(name);
  }

  /** Resolves when it is on the disk, not when it was asked for. */
  private written(name: Table, act: (table: IDBObjectStore) => void): Promise<void> {
    return new Promise((done, failed) => {
      const whole = this.base.transaction(name, "readwrite");
      whole.oncomplete = () => done();
      whole.onerror = () => failed(whole.error);
      whole.onabort = () => failed(whole.error);
      act(whole.objectStore(name));
    });
  }
}
