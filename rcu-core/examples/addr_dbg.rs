use rcu_core::normalize::{*, address::whole};
fn main(){ let cx=Context::new(Country::new(&std::env::var("REGION").unwrap_or("FR".into())).unwrap(), rcu_core::time::Day(20000));
 for a in std::env::args().skip(1){ let a=a.replace("\\n","\n"); println!("{a:?}\n  {:?}\n  {:?}", any(Kind::Address,&a,&cx), whole::split(&a,&cx)); } }
