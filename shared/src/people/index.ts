export { exportPerson, forgetPerson, type PeopleTools } from './people.ts';
