// The sandbox's post room: texts it took from us for its handsets, texts its handsets sent to us,
// and the reports about both that it still has to bring to our webhook.
//
// A text is taken each time it is sent: the sandbox, like a carrier, does not know that two orders
// with one id are the same. Works on the ledger's file, inside the ledger's transactions, on the
// ledger's thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "carriers/carrier.hpp"
#include "carriers/sandbox/ledger_file.hpp"
#include "carriers/sandbox_control.hpp"

namespace dialplane::sandbox {

// What is to be posted to our webhook. The key is constant over its repeats.
struct report {
  std::int64_t id = 0;
  std::string event_key;
  std::string body;
  timestamp due;
};

struct taken_text {
  text_receipt receipt;
  std::vector<report> reports;
};

// When the pieces of an order become real.
struct text_plan {
  timestamp arrives_at;             // on the handset; in the future for a late one
  bool reports = true;
  milliseconds reports_after{0};
};

class text_desk {
 public:
  static constexpr std::size_t max_page = 1'000;

  explicit text_desk(ledger_file& file) : file_(file) {}

  // Makes what is missing in the file; once per opening.
  result<void> prepare(random_source& random);
  // "whsec_…", made with the file.
  result<std::string> webhook_secret();

  // refused: the number is not ours.
  result<taken_text> take(const text_order& order, std::optional<stock_key> sender,
                          const text_plan& plan);
  result<std::optional<text_receipt>> look_up(std::string_view id, std::string_view from,
                                              std::string_view to, milliseconds blind_for);
  // The registry texts a handset by itself: nobody's order, and no report.
  result<void> text_handset(std::string_view handset, std::string_view body);
  // What the handset has received, newest first.
  result<std::vector<sandbox_text>> received_by(std::string_view handset, std::size_t limit);
  // A handset texts one of our numbers; `heard`: our routing is set, so there is a report.
  result<taken_text> send_to_us(const sandbox_text& text, bool heard);
  // Our ids of the texts taken, in their order, repeats included.
  result<sandbox_text_ids> taken_ids(std::int64_t after, std::size_t limit);

  result<std::vector<report>> reports_after(std::int64_t id, std::size_t limit);
  result<void> forget_reports(const std::vector<std::int64_t>& ids);

 private:
  result<std::string> origin();
  result<std::int64_t> keep(std::string_view direction, const sandbox_text& text);
  result<report> note_report(std::string event_key, std::string body, timestamp due);

  ledger_file& file_;
};

// What a body that the sandbox has posted says (carrier::read_webhook).
result<std::vector<carrier_news>> read_news(std::string_view body);

}  // namespace dialplane::sandbox
