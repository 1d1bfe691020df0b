// usage: node profile.mjs model mode(full|last) ; prints time by op and top nodes
import { createRandom, normal, readNetwork, splitFrozenPrefix } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { onnxEngine } from '@graft/engines'
import { readFileSync, readdirSync, unlinkSync, existsSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
const [model='resnet18', mode='full', rounds='4'] = process.argv.slice(2)
const dir='/tmp/me/models'
if(!existsSync(`${dir}/${model}.onnx`)) spawnSync('/usr/bin/python3',['-c',`
import torch,torchvision,os
os.makedirs('${dir}',exist_ok=True)
torch.manual_seed(1)
m=getattr(torchvision.models,'${model}')(weights=None).eval()
torch.onnx.export(m,torch.randn(2,3,224,224),'${dir}/${model}.onnx',opset_version=13,training=torch.onnx.TrainingMode.PRESERVE,do_constant_folding=False,input_names=['input'],output_names=['logits'],dynamic_axes={'input':{0:'batch'},'logits':{0:'batch'}})
`],{stdio:'inherit'})
const last={resnet18:['layer3.','layer4.','fc.'],mobilenet_v2:['features.14.','features.15.','features.16.','features.17.','features.18.','classifier.'],efficientnet_b0:['features.6.','features.7.','features.8.','classifier.']}
const prefixes = mode==='full'?['']:last[model]
const batch=Number(process.env.BATCH??16),size=224
const {network,tensors}=await readNetwork(await openModelFiles(`${dir}/${model}.onnx`))
const trains=n=>prefixes.some(p=>n.startsWith(p))
const policy=process.env.POLICY??'frozen'
const net={...network,layers:network.layers.map(l=>l.operator==='BatchNormalization'?{...l,statistics:policy}:l),parameters:Object.fromEntries(Object.entries(network.parameters).map(([n,p])=>[n,{...p,trainable:p.trainable&&trains(n)}]))}
const random=createRandom(1)
const images={shape:[batch,3,size,size],data:Float32Array.from({length:batch*3*size*size},()=>normal(random))}
const {prefix,suffix,boundary}=splitFrozenPrefix(net)
let input=images
if(prefix){const f=await onnxEngine.forward(prefix,{tensors});input=(await f.run(images))[boundary];await f.dispose()}
const rss0=process.memoryUsage().rss;
const spec={optimizer:{name:'sgd',momentum:0.9,nesterov:false,weightDecay:1e-4},loss:{labelSmoothing:0},seed:1}
const trainer=await onnxEngine.trainer(suffix,{...spec,tensors})
const labels=Int32Array.from({length:batch},(_,i)=>i)
let best=1e9,first,cpu=1e9
for(let i=0;i<Number(rounds);i++){const c=process.cpuUsage();const t=performance.now();const r=await trainer.step(input,labels,1e-4,i);if(i===0)first=r;best=Math.min(best,performance.now()-t);{const u=process.cpuUsage(c);if(u.user/2000<cpu){cpu=u.user/2000;globalThis.sys=u.system/2000}};if(i===0||i===Number(rounds)-1)console.log('loss',JSON.stringify(r).slice(0,80))}
console.log(model,mode,'best',best.toFixed(0),'ms; user/2',cpu.toFixed(0),'sys/2',sys.toFixed(0),(batch*1000/best).toFixed(1),'img/s', 'rss',(process.memoryUsage().rss/2**20).toFixed(0))
console.log('MEM',model,mode,policy,'batch',batch,'grew MB',((process.resourceUsage().maxRSS*1024-rss0)/2**20).toFixed(0));
import('@graft/network').then(({inferShapes})=>{const sh=inferShapes(suffix);const n=l=>(sh.get(l)??[]).reduce((a,b)=>a*b,1);let A=0,M=0;for(const l of suffix.layers){A+=n(l.name);M=Math.max(M,n(l.name))}let P=0,T=0;for(const p of Object.values(suffix.parameters)){const c=p.shape.reduce((a,b)=>a*b,1);P+=c;if(p.trainable)T+=c};console.log('FACTS A',(A*4/2**20).toFixed(2),'M',(M*4/2**20).toFixed(2),'P',(P*4/2**20).toFixed(1),'T',(T*4/2**20).toFixed(1))})
await trainer.dispose()
if(process.env.GRAFT_PROFILE){
 const file=readdirSync('.').filter(f=>f.startsWith('graftprof')).sort().at(-1)
 const ev=JSON.parse(readFileSync(file,'utf8')).filter(e=>e.cat==='Node'&&e.name.endsWith('_kernel_time'))
 unlinkSync(file)
 const by={},nodes={},n=Number(rounds)
 for(const e of ev){const k=e.args.op_name;(by[k]??=[0,0]);by[k][0]+=e.dur/1000/n;by[k][1]+=1/n;const s=e.name.replace('_kernel_time','');nodes[s]=(nodes[s]??0)+e.dur/1000/n}
 console.log(Object.entries(by).sort((a,b)=>b[1][0]-a[1][0]).slice(0,16).map(([k,[t,c]])=>`${k} ${t.toFixed(1)}ms x${c.toFixed(0)}`).join('\n'))
 console.log(Object.entries(nodes).sort((a,b)=>b[1]-a[1]).slice(0,Number(process.env.TOP??25)).map(([k,t])=>`${t.toFixed(1)} ${k}`).join('\n'))
}
