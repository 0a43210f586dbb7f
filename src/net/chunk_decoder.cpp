#include "net/chunk_decoder.hpp"

#include <algorithm>

#include "net/http_gate.hpp"

namespace dialplane {

namespace {

bool is_text(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

}  // namespace

chunk_decoder::progress chunk_decoder::consume(std::string_view bytes, std::size_t& used,
                                               std::string& body) {
  used = 0;
  while (used < bytes.size()) {
    if (state_ == state::data) {
      const std::size_t now =
          static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size() - used));
      body.append(bytes.substr(used, now));
      used += now;
      remaining_ -= now;
      if (remaining_ == 0) state_ = state::data_cr;
      continue;
    }
    const progress after = step(bytes[used++], body.size());
    if (after != progress::need_more) return after;
  }
  return progress::need_more;
}

chunk_decoder::progress chunk_decoder::take_extra(state next) noexcept {
  if (extra_bytes_ == 0) return progress::malformed;
  --extra_bytes_;
  state_ = next;
  return progress::need_more;
}

chunk_decoder::progress chunk_decoder::take_size_digit(char c, std::size_t body_size) {
  if (++digits_ > 16) return progress::malformed;
  remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(hex_value(c));
  state_ = state::size_more;
  return remaining_ > body_bytes_ - body_size ? progress::too_large : progress::need_more;
}

// One byte outside the chunks' data.
chunk_decoder::progress chunk_decoder::step(char c, std::size_t body_size) {
  const auto go = [this](bool allowed, state next) {
    state_ = next;
    return allowed ? progress::need_more : progress::malformed;
  };
  switch (state_) {
    case state::size_first:
      remaining_ = 0;
      digits_ = 0;
      return hex_value(c) >= 0 ? take_size_digit(c, body_size) : progress::malformed;
    case state::size_more:
      if (hex_value(c) >= 0) return take_size_digit(c, body_size);
      if (c == '\r') return go(true, state::size_lf);
      return c == ';' ? take_extra(state::extension) : progress::malformed;
    case state::extension:
      if (c == '\r') return go(true, state::size_lf);
      return is_text(c) ? take_extra(state::extension) : progress::malformed;
    case state::size_lf:
      return go(c == '\n', remaining_ == 0 ? state::trailer_start : state::data);
    case state::data: break;  // consume() takes it
    case state::data_cr: return go(c == '\r', state::data_lf);
    case state::data_lf: return go(c == '\n', state::size_first);
    case state::trailer_start:
      if (c == '\r') return go(true, state::end_lf);
      return is_text(c) && c != ' ' && c != '\t' && c != ':' ? take_extra(state::trailer_name)
                                                             : progress::malformed;
    case state::trailer_name:
      if (c == ':') return take_extra(state::trailer_value);
      return is_text(c) && c != ' ' && c != '\t' ? take_extra(state::trailer_name)
                                                 : progress::malformed;
    case state::trailer_value:
      if (c == '\r') return go(true, state::trailer_lf);
      return is_text(c) ? take_extra(state::trailer_value) : progress::malformed;
    case state::trailer_lf: return go(c == '\n', state::trailer_start);
    case state::end_lf: return c == '\n' ? progress::complete : progress::malformed;
  }
  return progress::malformed;
}

}  // namespace dialplane
