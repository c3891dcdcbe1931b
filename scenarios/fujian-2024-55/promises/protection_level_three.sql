-- title: 各业务系统通过等保三级测评
-- clauses: FJ-3.4-18
-- kind: safety
-- applies: 各业务系统
-- manual: 核验有效期内的等级保护测评报告与备案证明，软件不能代替

