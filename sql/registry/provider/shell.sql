-- Empty shells: what is filed and has nothing under it any more (1 表 迁移后, 管局5, 4 §19(四)).

CREATE VIEW @registry@.empty_shell_site WITH (security_barrier) AS
SELECT t.id, t.number, t.kind, t.name, t.domains, t.sponsor_id, t.account_id, t.province_code, t.filed_at,
	   EXISTS (SELECT FROM @registry@.application a JOIN icp.state s ON s.code = a.state
				WHERE a.site_id = t.id AND NOT s.is_final)
	   AS being_dealt_with
  FROM @registry@.site t
 WHERE t.status = 'filed'
   AND NOT EXISTS (SELECT FROM @registry@.access x WHERE x.site_id = t.id AND x.status = 'live')
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.may_see(t.province_code, t.account_id));
COMMENT ON VIEW @registry@.empty_shell_site IS 'Empty-shell sites (空壳网站): filed, but no provider gives them access';
COMMENT ON COLUMN @registry@.empty_shell_site.id IS 'The site';
COMMENT ON COLUMN @registry@.empty_shell_site.number IS 'Its filing number';
COMMENT ON COLUMN @registry@.empty_shell_site.kind IS 'site, app, mini_program or quick_app';
COMMENT ON COLUMN @registry@.empty_shell_site.name IS 'Its name';
COMMENT ON COLUMN @registry@.empty_shell_site.domains IS 'Its domains';
COMMENT ON COLUMN @registry@.empty_shell_site.sponsor_id IS 'Its sponsor';
COMMENT ON COLUMN @registry@.empty_shell_site.account_id IS 'The account';
COMMENT ON COLUMN @registry@.empty_shell_site.province_code IS 'The sponsor''s province, GB/T 2260';
COMMENT ON COLUMN @registry@.empty_shell_site.filed_at IS 'When it was filed';
COMMENT ON COLUMN @registry@.empty_shell_site.being_dealt_with IS 'An application concerning it is under way, such as a new access or a cancellation';

CREATE VIEW @registry@.empty_shell_sponsor WITH (security_barrier) AS
SELECT p.id, p.number, p.name, p.account_id, p.province_code, p.filed_at,
	   EXISTS (SELECT FROM @registry@.application a JOIN icp.state s ON s.code = a.state
				WHERE a.sponsor_id = p.id AND NOT s.is_final)
	   AS being_dealt_with
  FROM @registry@.sponsor p
 WHERE p.status = 'filed'
   AND NOT EXISTS (SELECT FROM @registry@.site t WHERE t.sponsor_id = p.id AND t.status = 'filed')
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.may_see(p.province_code, p.account_id));
COMMENT ON VIEW @registry@.empty_shell_sponsor IS 'Empty-shell sponsors (空壳主体): filed, but without a filed site';
COMMENT ON COLUMN @registry@.empty_shell_sponsor.id IS 'The sponsor';
COMMENT ON COLUMN @registry@.empty_shell_sponsor.number IS 'Its number';
COMMENT ON COLUMN @registry@.empty_shell_sponsor.name IS 'Its name';
COMMENT ON COLUMN @registry@.empty_shell_sponsor.account_id IS 'The account';
COMMENT ON COLUMN @registry@.empty_shell_sponsor.province_code IS 'Its province, GB/T 2260';
COMMENT ON COLUMN @registry@.empty_shell_sponsor.filed_at IS 'When it was filed';
COMMENT ON COLUMN @registry@.empty_shell_sponsor.being_dealt_with IS 'An application concerning it is under way, such as a new site or a cancellation';
