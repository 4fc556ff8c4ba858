export { FaultyLogStore } from './faulty-log-store.ts';
export {
  noFaults,
  randomFaults,
  type Fault,
  type FaultPlan,
  type FaultRates,
  type PlannedCall,
  type StoreCall,
} from './fault-plan.ts';
