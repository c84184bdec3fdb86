import { mkdtemp, rm } from 'node:fs/promises'
import { readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTestLedger, startTestPostgres, type CounterSchema } from '@chaperone/testkit'
const folder = await mkdtemp(join(tmpdir(), 'cp-bench-'))
const postgres = await startTestPostgres()
function tree(root:number){const kids=new Map<number,number[]>();for(const d of readdirSync('/proc'))if(/^\d+$/.test(d)){try{const s=readFileSync(`/proc/${d}/stat`,'utf8');const pp=+s.slice(s.lastIndexOf(')')+2).split(' ')[1]!;(kids.get(pp)??kids.set(pp,[]).get(pp)!).push(+d)}catch{}};const out:number[]=[];const st=[root];while(st.length){const p=st.pop()!;out.push(p);st.push(...(kids.get(p)??[]))};return out}
function cpu(){const m=new Map<string,number>();for(const p of tree(process.pid)){try{const s=readFileSync(`/proc/${p}/stat`,'utf8');const f=s.slice(s.lastIndexOf(')')+2).split(' ');const t=(+f[11]!+ +f[12]!)*10;const c=p===process.pid?'node':readFileSync(`/proc/${p}/cmdline`,'utf8').replace(/\0/g,' ').slice(0,60).replace(/\d+/g,'').replace(/chaperone test.*idle.*|.*\[local\].*/,'backend');m.set(c,(m.get(c)??0)+t)}catch{}}return m}
try {
  const database = await postgres.freshDatabase<CounterSchema>({poolSize:Number(process.env['POOL']??16)})
  const opened = await openTestLedger(database, { folder, publish: process.env['NOPUB']===undefined })
  async function load(ms:number){const lat:number[]=[];const began=performance.now();await Promise.all(Array.from({length:64},async(_,w)=>{for(let at=began;at-began<ms;){await opened.ledger.transact(async tx=>{const v=await opened.increment(tx.sql,`w${w}`);tx.append(Buffer.from(`${w} ${v}`.padEnd(300)))});const n=performance.now();lat.push(n-at);at=n}}));return{lat,sec:(performance.now()-began)/1000}}
  await load(1500)
  for(let r=0;r<3;r++){const a=cpu();const {lat,sec}=await load(3000);const b=cpu();lat.sort((x,y)=>x-y);console.log((lat.length/sec).toFixed(0)+'/s p50',lat[lat.length>>1]!.toFixed(1),'p99',lat[Math.floor(lat.length*.99)]!.toFixed(1));
   let tot=0;const o:string[]=[];for(const [k,v] of b){const d=v-(a.get(k)??0);tot+=d;if(d>50)o.push(k.trim()+'='+(d*1000/lat.length).toFixed(0)+'us')}console.log('  cpu/event',(tot*1000/lat.length).toFixed(0)+'us',o.join(' '), 'load',readFileSync('/proc/loadavg','utf8').slice(0,5))}
  const {rows}=await database.pool.query('select count(*)::int n, max(size)::int m from log_batch');console.log(rows[0])
  await opened.ledger.close(); await database.close()
} finally { await postgres[Symbol.asyncDispose](); await rm(folder,{recursive:true}) }
