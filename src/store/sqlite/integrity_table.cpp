#include "store/sqlite/integrity_table.hpp"

namespace dialplane::sqlite {

namespace {

constexpr std::string_view promises[] = {
    // Credits.
    "WITH flows AS ("
    "  SELECT organization_id, to_account AS account, amount FROM ledger_entries UNION ALL"
    "  SELECT organization_id, from_account, -amount FROM ledger_entries),"
    " sums AS (SELECT organization_id,"
    "  sum(iif(account = 'granted', amount, 0)) AS granted,"
    "  sum(iif(account = 'available', amount, 0)) AS available,"
    "  sum(iif(account = 'held', amount, 0)) AS held,"
    "  sum(iif(account = 'spent', amount, 0)) AS spent FROM flows GROUP BY organization_id)"
    " SELECT 'the balances of organization ' || hex(o.id) || ' are not what its entries sum to'"
    " FROM organizations o LEFT JOIN sums s ON s.organization_id = o.id"
    " LEFT JOIN ledger_balances b ON b.organization_id = o.id"
    " WHERE coalesce(s.granted, 0) <> coalesce(b.granted, 0)"
    "  OR coalesce(s.available, 0) <> coalesce(b.available, 0)"
    "  OR coalesce(s.held, 0) <> coalesce(b.held, 0)"
    "  OR coalesce(s.spent, 0) <> coalesce(b.spent, 0) LIMIT 100",
    "SELECT 'organization ' || hex(organization_id) || ' has a balance below zero'"
    " FROM ledger_balances WHERE available < 0 OR held < 0 LIMIT 100",
    // Every kind of row that credits are held for.
    "WITH holders AS ("
    "  SELECT organization_id, held FROM operations WHERE state = 'open' UNION ALL"
    "  SELECT organization_id, price FROM messages WHERE step <> 'ended' UNION ALL"
    "  SELECT organization_id, fee FROM brands WHERE fee_state = 'held' UNION ALL"
    "  SELECT organization_id, fee FROM campaigns WHERE fee_state = 'held')"
    " SELECT 'organization ' || hex(b.organization_id) || ' holds ' || b.held ||"
    " ' micro-credits, its open work holds ' || coalesce(sum(h.held), 0)"
    " FROM ledger_balances b LEFT JOIN holders h ON h.organization_id = b.organization_id"
    " GROUP BY b.organization_id HAVING b.held <> coalesce(sum(h.held), 0) LIMIT 100",

    // Texts.
    "SELECT 'text ' || hex(id) || ' is under way and no job will end it' FROM messages"
    " WHERE step <> 'ended' AND id NOT IN"
    "  (SELECT subject FROM jobs WHERE kind = 'send_text') LIMIT 100",
    "SELECT 'text ' || hex(id) || ' never left and costs ' || price FROM messages"
    " WHERE direction = 'outbound' AND step = 'ended' AND carrier_message_id IS NULL"
    "  AND price <> 0 LIMIT 100",
    "SELECT 'text ' || reference || ' is charged ' || count(*) || ' times' FROM ledger_entries"
    " WHERE action = 'phone.sms' AND kind = 'charge' GROUP BY reference HAVING count(*) > 1"
    " LIMIT 100",
    "WITH charged AS ("
    "  SELECT organization_id, sum(iif(kind = 'charge', amount, -amount)) AS amount"
    "  FROM ledger_entries WHERE (action = 'phone.sms' AND kind = 'charge')"
    "   OR action = 'phone.sms.failed' GROUP BY organization_id),"
    " cost AS (SELECT organization_id, sum(price) AS amount FROM messages"
    "  WHERE direction = 'outbound' AND step = 'ended' GROUP BY organization_id)"
    " SELECT 'organization ' || hex(o.id) || ' paid ' || coalesce(p.amount, 0) ||"
    "  ' micro-credits for texts that cost ' || coalesce(c.amount, 0)"
    " FROM organizations o LEFT JOIN charged p ON p.organization_id = o.id"
    " LEFT JOIN cost c ON c.organization_id = o.id"
    " WHERE coalesce(p.amount, 0) <> coalesce(c.amount, 0) LIMIT 100",

    // Rentals.
    "SELECT 'month ' || reference || ' of a rental is charged ' || count(*) || ' times'"
    " FROM ledger_entries WHERE kind = 'rental' GROUP BY reference HAVING count(*) > 1 LIMIT 100",
    "SELECT 'number ' || hex(n.id) || ' is suspended and its rental is not' FROM numbers n"
    " LEFT JOIN rentals r ON r.organization_id = n.organization_id AND r.number_id = n.id"
    " WHERE n.status = 'suspended' AND coalesce(r.state, '') <> 'suspended' LIMIT 100",

    // Counters.
    "SELECT 'organization ' || hex(o.id) || ' uses ' || coalesce(c.slots_used, 0) ||"
    " ' slots for ' || coalesce(n.live, 0) || ' numbers'"
    " FROM organizations o LEFT JOIN slot_counters c ON c.organization_id = o.id"
    " LEFT JOIN (SELECT organization_id, count(*) AS live FROM numbers"
    "   WHERE status <> 'released' AND imported = 0 GROUP BY organization_id) n"
    "  ON n.organization_id = o.id"
    " WHERE coalesce(c.slots_used, 0) <> coalesce(n.live, 0) LIMIT 100",
    "SELECT 'user ' || hex(u.id) || ' is said to have ' || coalesce(c.live, 0) ||"
    " ' numbers and has ' || coalesce(n.live, 0)"
    " FROM users u LEFT JOIN number_counters c"
    "  ON c.organization_id = u.organization_id AND c.user_id = u.id"
    " LEFT JOIN (SELECT organization_id, user_id, count(*) AS live FROM numbers"
    "   WHERE status <> 'released' GROUP BY organization_id, user_id) n"
    "  ON n.organization_id = u.organization_id AND n.user_id = u.id"
    " WHERE coalesce(c.live, 0) <> coalesce(n.live, 0) LIMIT 100",

    // Operations and their jobs.
    "SELECT 'operation ' || hex(id) || ' is open and no job will end it' FROM operations"
    " WHERE state = 'open' AND id NOT IN"
    "  (SELECT subject FROM jobs WHERE kind = 'advance_operation') LIMIT 100",
    "SELECT 'job ' || hex(j.id) || ' is for no open operation' FROM jobs j"
    " LEFT JOIN operations p ON p.id = j.subject"
    " WHERE j.kind = 'advance_operation' AND (p.id IS NULL OR p.state <> 'open') LIMIT 100",
    "SELECT 'operation ' || hex(id) || ' has ended and still holds a slot or credits'"
    " FROM operations WHERE state <> 'open' AND (held <> 0 OR slot_held <> 0) LIMIT 100",
    "SELECT 'approval ' || hex(id) || ' is executing without an open operation' FROM approvals"
    " WHERE status = 'executing' AND (operation_id IS NULL OR operation_id NOT IN"
    "  (SELECT id FROM operations WHERE state = 'open')) LIMIT 100",

    // Registration.
    "SELECT 'brand ' || hex(id) || ' has its fee held and nothing will file it' FROM brands"
    " WHERE fee_state = 'held' AND status = 'draft' AND operation_id IS NULL"
    "  AND NOT EXISTS (SELECT 1 FROM numbers n WHERE n.organization_id = brands.organization_id"
    "   AND n.user_id = brands.user_id AND n.status <> 'released') LIMIT 100",
    "SELECT 'campaign ' || hex(id) || ' is under work of an operation that is not open'"
    " FROM campaigns WHERE operation_id IS NOT NULL AND operation_id NOT IN"
    "  (SELECT id FROM operations WHERE state = 'open') LIMIT 100",
    "SELECT 'brand ' || hex(id) || ' is under work of an operation that is not open'"
    " FROM brands WHERE operation_id IS NOT NULL AND operation_id NOT IN"
    "  (SELECT id FROM operations WHERE state = 'open') LIMIT 100",
    "SELECT 'number ' || hex(n.id) || ' is attached to a campaign that was never approved'"
    " FROM numbers n JOIN campaigns c ON c.organization_id = n.organization_id"
    "  AND c.id = n.campaign_id"
    " WHERE n.campaign_attached = 1 AND c.approved_at IS NULL LIMIT 100",

    // Numbers.
    "SELECT 'number ' || hex(id) || ' is ' || status || ' and has no e164' FROM numbers"
    " WHERE status IN ('active', 'suspended', 'releasing') AND e164 IS NULL LIMIT 100",
    "SELECT 'number ' || e164 || ' is ' || count(*) || ' live numbers' FROM numbers"
    " WHERE status <> 'released' AND e164 IS NOT NULL GROUP BY e164 HAVING count(*) > 1 LIMIT 100",
    "SELECT 'mark ' || mark || ' stands on ' || count(*) || ' live numbers' FROM numbers"
    " WHERE status <> 'released' AND mark <> '' GROUP BY mark HAVING count(*) > 1 LIMIT 100",
    "SELECT 'number ' || hex(id) || ' is pending and nothing is buying it' FROM numbers"
    " WHERE status = 'pending' AND id NOT IN (SELECT number_id FROM operations"
    "  WHERE state = 'open' AND number_id IS NOT NULL) LIMIT 100",
    "SELECT 'number ' || hex(id) || ' is releasing and nothing releases it' FROM numbers"
    " WHERE status = 'releasing' AND (release_operation_id IS NULL OR release_operation_id NOT IN"
    "  (SELECT id FROM operations WHERE state = 'open')) LIMIT 100",
};

result<std::int64_t> count(database& db, std::string_view sql) { return db.query_int64(sql); }

result<void> count_everything(database& db, integrity_report& into) {
  TRY_ASSIGN(into.organizations, count(db, "SELECT count(*) FROM organizations"));
  TRY_ASSIGN(into.numbers, count(db, "SELECT count(*) FROM numbers WHERE status <> 'released'"));
  TRY_ASSIGN(into.operations, count(db, "SELECT count(*) FROM operations"));
  TRY_ASSIGN(into.open_operations,
             count(db, "SELECT count(*) FROM operations WHERE state = 'open'"));
  TRY_ASSIGN(into.jobs, count(db, "SELECT count(*) FROM jobs"));
  TRY_ASSIGN(into.ledger_entries, count(db, "SELECT count(*) FROM ledger_entries"));
  TRY_ASSIGN(into.audit_entries, count(db, "SELECT count(*) FROM audit_entries"));
  TRY_ASSIGN(into.texts, count(db, "SELECT count(*) FROM messages"));
  TRY_ASSIGN(into.texts_under_way,
             count(db, "SELECT count(*) FROM messages WHERE step <> 'ended'"));
  TRY_ASSIGN(into.inbox_waiting,
             count(db, "SELECT count(*) FROM inbox WHERE state = 'received'"));
  return {};
}

result<void> add_sentences(database& db, std::string_view sql, std::vector<std::string>& into) {
  TRY_ASSIGN(statement found, db.prepare(sql));
  while (true) {
    TRY_ASSIGN(const bool more, found.step());
    if (!more) return {};
    into.emplace_back(found.text(0));
  }
}

}  // namespace

result<integrity_report> integrity_table::check() {
  integrity_report report;
  TRY(count_everything(db_, report));
  for (const std::string_view promise : promises) {
    TRY(add_sentences(db_, promise, report.violations));
  }
  std::vector<std::string> pages;
  TRY(add_sentences(db_, "PRAGMA quick_check(100)", pages));
  for (std::string& finding : pages) {
    if (finding != "ok") report.violations.push_back("the file is damaged: " + finding);
  }
  return report;
}

result<std::vector<carried_number>> integrity_table::carried_numbers(std::string_view carrier,
                                                                     std::string_view after_e164,
                                                                     std::size_t limit) {
  TRY_ASSIGN(statement rows,
             db_.prepare("SELECT e164, mark FROM numbers INDEXED BY numbers_live_e164"
                         " WHERE e164 IS NOT NULL AND status <> 'released' AND e164 > ?1"
                         " AND status <> 'pending' AND carrier = ?2 ORDER BY e164 LIMIT ?3"));
  rows.bind_all(after_e164, carrier, static_cast<std::int64_t>(limit));
  std::vector<carried_number> found;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return found;
    found.push_back({std::string(rows.text(0)), std::string(rows.text(1))});
  }
}

result<std::vector<message_id>> integrity_table::texts_at(std::string_view carrier,
                                                          text_kind which, message_id after,
                                                          std::size_t limit) {
  TRY_ASSIGN(statement rows,
             db_.prepare("SELECT id FROM messages INDEXED BY messages_id WHERE id > ?1"
                         " AND direction = 'outbound' AND carrier = ?2"
                         " AND iif(?3, step <> 'ended', carrier_message_id IS NOT NULL)"
                         " ORDER BY id LIMIT ?4"));
  rows.bind_all(blob_view(after.bytes), carrier, which == text_kind::under_way ? 1 : 0,
                static_cast<std::int64_t>(limit));
  std::vector<message_id> found;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return found;
    message_id id;
    const blob_view bytes = rows.blob(0);
    if (bytes.size() != id.bytes.size()) return internal_fault("a text's id is no id");
    std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
    found.push_back(id);
  }
}

}  // namespace dialplane::sqlite
