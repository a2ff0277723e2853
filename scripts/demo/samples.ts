export const DEMO_PASSWORD = 'Correct-Horse-9';

/** The initial data of a demo user in Organizer, by resource. `day` is relative to today. */
interface Sample {
  readonly appointments: readonly {
    readonly subject: string;
    readonly day: number;
    readonly location?: string;
  }[];
  readonly contacts: readonly { readonly name: string; readonly email?: string; readonly phone?: string }[];
  readonly tasks: readonly { readonly title: string; readonly done?: boolean }[];
}

/** The users of the demo, by e-mail address. */
export const SAMPLES: Readonly<Record<string, Sample>> = {
  'ada@example.com': {
    appointments: [
      { subject: 'Review of the engine', day: 1, location: 'Room 12' },
      { subject: 'Lunch with Bob', day: 2, location: 'Canteen' },
      { subject: 'Dentist', day: 5 },
    ],
    contacts: [
      { name: 'Bob', email: 'bob@example.com', phone: '+15550100200' },
      { name: 'Dentist', phone: '+15550100201' },
    ],
    tasks: [{ title: 'Write the notes' }, { title: 'Return the library book', done: true }],
  },
  'bob@example.com': {
    appointments: [{ subject: 'Lunch with Ada', day: 2, location: 'Canteen' }],
    contacts: [{ name: 'Ada', email: 'ada@example.com' }],
    tasks: [{ title: 'Book a table' }],
  },
};
