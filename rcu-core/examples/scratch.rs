use rcu_core::normalize::{Context,Country,Code};
use rcu_core::record::normalize_record;
use rcu_core::time::Day;
fn main(){
 let cx=Context::new(Country::FR,Day::from_ymd(2026,11,21).unwrap());
 let mut seen=std::collections::BTreeMap::<String,usize>::new();
 for (file,sep,cols) in [("pos.csv",';',["CIV","PRENOM","CP","VILLE"]),("web.csv",',',["gender","first_name","zip","city"]),("crm.csv",',',["civilite","prenom","code_postal","ville"]),("loyalty.csv",';',["civ","prenom","cp","ville"])]{
  let bytes=std::fs::read(format!("examples/data/{file}")).unwrap();
  let text=String::from_utf8(bytes.clone()).unwrap_or_else(|_|bytes.iter().map(|b|*b as char).collect());
  let mut l=text.lines(); let head:Vec<_>=l.next().unwrap().split(sep).map(|s|s.trim_matches('"')).collect();
  let at:Vec<_>=cols.iter().map(|c|head.iter().position(|h|h==c).unwrap()).collect();
  for row in l { let cells:Vec<_>=row.split(sep).map(|s|s.trim_matches('"')).collect();
   if cells.len()!=head.len(){continue}
   let civ=cells[at[0]]; let civ=if civ=="3"{"MLLE"}else{civ};
   let r=normalize_record([("civility",civ),("first_name",cells[at[1]]),("postcode",cells[at[2]]),("city",cells[at[3]])],&cx).unwrap();
   for (f,vs) in &r { for v in vs { for c in &v.codes { match c {
     Code::GenderMismatch=>*seen.entry(format!("G {} {}",v.value.as_deref().unwrap(),r["first_name"][0].value.as_deref().unwrap())).or_default()+=1,
     Code::PostcodeCityMismatch=>*seen.entry(format!("P {:?}",v.extra)).or_default()+=1,
     Code::CityRepaired=>*seen.entry(format!("R {} {} -> {:?}",cells[at[2]],cells[at[3]],v.value)).or_default()+=1, _=>{} } } } let _=f; }
  }}
 for (k,n) in seen { println!("{n} {k}"); }
}
