#include "carriers/sandbox/text_desk.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/crypto.hpp"

namespace dialplane::sandbox {

namespace {

namespace json = boost::json;

// The two secrets of the file are texts; its other settings are numbers.
constexpr std::string_view text_tables = R"sql(
CREATE TABLE IF NOT EXISTS text_secrets (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts (
  id INTEGER PRIMARY KEY,
  direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
  reference TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  body TEXT NOT NULL,
  media_urls TEXT NOT NULL,
  sent_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS texts_by_reference ON texts (reference) WHERE direction = 'out';
CREATE INDEX IF NOT EXISTS texts_by_recipient ON texts (recipient, id) WHERE direction = 'out';
CREATE TABLE IF NOT EXISTS reports (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  event_key TEXT NOT NULL,
  body TEXT NOT NULL,
  due_ms INTEGER NOT NULL
) STRICT;
)sql";

constexpr std::size_t failure_code_max = 64;
// Whom the codes of the registry come from: a short code, as such texts do.
constexpr std::string_view registry_sender = "55501";

std::string list_text(const std::vector<std::string>& items) {
  json::array list;
  for (const std::string& item : items) list.push_back(json::value(item));
  return json::serialize(list);
}

std::vector<std::string> list_of(std::string_view text) {
  std::vector<std::string> items;
  boost::system::error_code failed;
  const json::value parsed = json::parse(text, failed);
  if (failed || !parsed.is_array()) return items;
  for (const json::value& item : parsed.get_array()) {
    if (item.is_string()) items.emplace_back(item.get_string());
  }
  return items;
}

std::string carrier_id_of(std::string_view origin, std::int64_t row) {
  std::string digits = std::to_string(row);
  if (digits.size() < 10) digits.insert(0, 10 - digits.size(), '0');
  return "SBT" + std::string(origin) + digits;
}

// "FAIL:reason" in a text orders its failure.
std::string ordered_failure(std::string_view body) {
  const std::size_t at = body.find("FAIL:");
  if (at == std::string_view::npos) return {};
  body.remove_prefix(at + 5);
  const auto end = std::find_if_not(body.begin(), body.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  const auto length = static_cast<std::size_t>(end - body.begin());
  return std::string(body.substr(0, std::min(length, failure_code_max)));
}

std::string words_for(std::string_view failure) {
  if (failure == "unreachable_destination") return "The recipient cannot be reached.";
  if (failure == "invalid_mobile_number") return "The recipient is not a mobile number.";
  if (failure == "unreachable_carrier") return "The recipient's carrier cannot be reached.";
  std::string words(failure);
  std::replace(words.begin(), words.end(), '_', ' ');
  return "The carrier could not deliver it: " + words + ".";
}

std::string status_body(const std::string& carrier_id, const std::string& reference,
                        std::string_view status, const std::string& failure, timestamp at) {
  json::object data{{"id", carrier_id},
                    {"reference", reference},
                    {"status", status},
                    {"at", to_rfc3339(at)}};
  if (!failure.empty()) {
    data["failure_code"] = failure;
    data["failure_reason"] = words_for(failure);
  }
  return json::serialize(json::object{{"type", "text.status"}, {"data", std::move(data)}});
}

std::string received_body(const std::string& carrier_id, const sandbox_text& text,
                          timestamp at) {
  json::array media;
  for (const std::string& url : text.media_urls) media.push_back(json::value(url));
  return json::serialize(json::object{{"type", "text.received"},
                                      {"data",
                                       {{"id", carrier_id},
                                        {"from", text.from},
                                        {"to", text.to},
                                        {"body", text.body},
                                        {"media_urls", std::move(media)},
                                        {"at", to_rfc3339(at)}}}});
}

}  // namespace

result<void> text_desk::prepare(random_source& random) {
  TRY_ASSIGN(auto making, sqlite::transaction::begin_immediate(file_.database()));
  TRY(file_.database().exec(text_tables));
  std::array<std::uint8_t, 24> key;
  random.fill(key);
  TRY_ASSIGN(auto insert,
             file_.database().prepare("INSERT OR IGNORE INTO text_secrets VALUES (?, ?)"));
  TRY(insert.bind_all("webhook_secret", "whsec_" + base64(key)).run());
  // Part of every id, so that a new file never repeats those of an old one.
  TRY(insert.bind_all("origin", random_base62(random, 6)).run());
  return making.commit();
}

result<std::string> text_desk::webhook_secret() {
  return file_.database().query_text(
      "SELECT value FROM text_secrets WHERE name = 'webhook_secret'");
}

result<std::string> text_desk::origin() {
  return file_.database().query_text("SELECT value FROM text_secrets WHERE name = 'origin'");
}

result<std::int64_t> text_desk::keep(std::string_view direction, const sandbox_text& text) {
  TRY_ASSIGN(auto insert,
             file_.database().prepare("INSERT INTO texts (direction, reference, sender,"
                                      " recipient, body, media_urls, sent_ms)"
                                      " VALUES (?, ?, ?, ?, ?, ?, ?)"));
  TRY(insert
          .bind_all(direction, text.id, text.from, text.to, text.body, list_text(text.media_urls),
                    text.sent_at.unix_ms)
          .run());
  return file_.database().last_insert_rowid();
}

result<report> text_desk::note_report(std::string event_key, std::string body, timestamp due) {
  TRY_ASSIGN(auto insert, file_.database().prepare("INSERT INTO reports (event_key, body, due_ms)"
                                                   " VALUES (?, ?, ?)"));
  TRY(insert.bind_all(event_key, body, due.unix_ms).run());
  return report{file_.database().last_insert_rowid(), std::move(event_key), std::move(body), due};
}

result<taken_text> text_desk::take(const text_order& order, std::optional<stock_key> sender,
                                   const text_plan& plan) {
  TRY_ASSIGN(const bool ours, file_.is_sold(sender));
  if (!ours) {
    return refused(error_code::carrier_refused, "This number does not belong to the account.");
  }
  TRY_ASSIGN(const std::string from_here, origin());
  TRY_ASSIGN(const std::int64_t row,
             keep("out", {order.id, order.from, order.to, order.body, order.media_urls,
                          plan.arrives_at}));
  taken_text taken{{carrier_id_of(from_here, row)}, {}};
  if (!plan.reports) return taken;
  const std::string& id = taken.receipt.carrier_message_id;
  const timestamp due = plan.arrives_at + plan.reports_after;
  const std::string failure = ordered_failure(order.body);
  TRY_ASSIGN(auto sent, note_report(id + "_sent", status_body(id, order.id, "sent", "", due), due));
  const std::string_view end = failure.empty() ? "delivered" : "failed";
  TRY_ASSIGN(auto ended, note_report(id + "_end", status_body(id, order.id, end, failure, due),
                                     due));
  taken.reports.push_back(std::move(sent));
  taken.reports.push_back(std::move(ended));
  return taken;
}

result<std::optional<text_receipt>> text_desk::look_up(std::string_view id, std::string_view from,
                                                       std::string_view to,
                                                       milliseconds blind_for) {
  TRY_ASSIGN(auto rows,
             file_.database().prepare("SELECT id FROM texts INDEXED BY texts_by_reference"
                                      " WHERE reference = ? AND direction = 'out' AND sender = ?"
                                      " AND recipient = ? AND sent_ms <= ? ORDER BY id LIMIT 1"));
  rows.bind_all(id, from, to, (file_.now() + -blind_for).unix_ms);
  TRY_ASSIGN(const bool found, rows.step());
  std::optional<text_receipt> receipt;
  if (!found) return receipt;
  TRY_ASSIGN(const std::string from_here, origin());
  receipt = text_receipt{carrier_id_of(from_here, rows.int64(0))};
  return receipt;
}

result<void> text_desk::text_handset(std::string_view handset, std::string_view body) {
  TRY(keep("out", {"", std::string(registry_sender), std::string(handset), std::string(body), {},
                   file_.now()}));
  return {};
}

result<std::vector<sandbox_text>> text_desk::received_by(std::string_view handset,
                                                         std::size_t limit) {
  TRY_ASSIGN(auto rows,
             file_.database().prepare("SELECT reference, sender, recipient, body, media_urls,"
                                      " sent_ms FROM texts INDEXED BY texts_by_recipient"
                                      " WHERE recipient = ? AND direction = 'out'"
                                      " AND sent_ms <= ? ORDER BY id DESC LIMIT ?"));
  rows.bind_all(handset, file_.now().unix_ms, std::min(limit, max_page));
  std::vector<sandbox_text> texts;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return texts;
    texts.push_back({std::string(rows.text(0)), std::string(rows.text(1)),
                     std::string(rows.text(2)), std::string(rows.text(3)), list_of(rows.text(4)),
                     timestamp{rows.int64(5)}});
  }
}

result<taken_text> text_desk::send_to_us(const sandbox_text& text, bool heard) {
  TRY_ASSIGN(const std::string from_here, origin());
  sandbox_text kept = text;
  kept.sent_at = file_.now();
  TRY_ASSIGN(const std::int64_t row, keep("in", kept));
  taken_text taken{{carrier_id_of(from_here, row)}, {}};
  if (!heard) return taken;
  const std::string& id = taken.receipt.carrier_message_id;
  TRY_ASSIGN(auto told, note_report(id + "_in", received_body(id, kept, file_.now()),
                                    file_.now()));
  taken.reports.push_back(std::move(told));
  return taken;
}

result<sandbox_text_ids> text_desk::taken_ids(std::int64_t after, std::size_t limit) {
  TRY_ASSIGN(auto rows, file_.database().prepare("SELECT id, reference FROM texts WHERE id > ?"
                                                 " AND direction = 'out' AND reference <> ''"
                                                 " ORDER BY id LIMIT ?"));
  rows.bind_all(after, std::min(limit, max_page));
  sandbox_text_ids found{{}, after};
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return found;
    found.last = rows.int64(0);
    found.ids.emplace_back(rows.text(1));
  }
}

result<std::vector<report>> text_desk::reports_after(std::int64_t id, std::size_t limit) {
  TRY_ASSIGN(auto rows, file_.database().prepare("SELECT id, event_key, body, due_ms FROM reports"
                                                 " WHERE id > ? ORDER BY id LIMIT ?"));
  rows.bind_all(id, std::min(limit, max_page));
  std::vector<report> waiting;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return waiting;
    waiting.push_back({rows.int64(0), std::string(rows.text(1)), std::string(rows.text(2)),
                       timestamp{rows.int64(3)}});
  }
}

result<void> text_desk::forget_reports(const std::vector<std::int64_t>& ids) {
  TRY_ASSIGN(auto remove, file_.database().prepare("DELETE FROM reports WHERE id = ?"));
  for (const std::int64_t id : ids) TRY(remove.bind_all(id).run());
  return {};
}

}  // namespace dialplane::sandbox
