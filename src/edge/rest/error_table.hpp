// Every public error code with its wire form in each dialect: the one table, and the rendering of
// an error by it. contract/errors.yaml says the same for people; a test compares the two.
//
// Pure functions. Internal text never gets in here: only code, message, field, hint and details.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "edge/rest/request_context.hpp"

namespace dialplane {

enum class retry_advice {
  never,         // the same request will fail again
  after_change,  // only after something else has changed
  after_delay,   // Retry-After says when
  same_key,      // only with the same Idempotency-Key
};

struct error_row {
  error_code code;
  error_class usual;
  int cartesia_status;
  std::string_view cartesia_code;
  std::string_view cartesia_title;
  int naive_status;
  std::string_view naive_code;
  std::string_view naive_reason;  // empty: none
  int cli_exit;
  std::string_view mcp_sentence;
  retry_advice retry;
};

std::span<const error_row> error_table() noexcept;
const error_row& row_of(error_code code) noexcept;

// How one answer is to be written.
struct error_style {
  wire_dialect dialect = wire_dialect::naive;
  cartesia_version version = cartesia_version::v2026_03_01;
  std::string_view request_id;
  timestamp now;
  std::string resource_metadata = {};  // of the mcp dialect: where a 401 points to
};

// Some members of error::details are members of the wire body itself: approval_id in the cartesia
// dialect; required, balance, packs, plans and block_reason in the naive one, which shows the
// others under `details`. `retry_after_ms` sets the Retry-After header and is not shown. `allow`
// likewise.
rest_answer render_error(const error& why, const error_style& style);

// For `dialplane errors --json`: one object per code, as in contract/errors.yaml.
std::string dump_errors_json();

}  // namespace dialplane
