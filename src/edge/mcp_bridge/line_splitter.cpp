#include "edge/mcp_bridge/line_splitter.hpp"

#include <utility>

namespace dialplane {

void line_splitter::take(std::string_view bytes) {
  for (std::size_t end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n')) {
    keep(bytes.substr(0, end));
    finish();
    bytes.remove_prefix(end + 1);
  }
  keep(bytes);
}

void line_splitter::end() {
  if (too_long_ || !text_.empty()) finish();
}

void line_splitter::keep(std::string_view piece) {
  // One byte more than allowed may be a CR.
  if (!too_long_ && text_.size() + piece.size() <= max_bytes_ + 1) {
    text_.append(piece);
    return;
  }
  too_long_ = true;
  std::string().swap(text_);
}

void line_splitter::finish() {
  line found;
  found.too_long = std::exchange(too_long_, false);
  if (text_.ends_with('\r')) text_.pop_back();
  if (text_.size() > max_bytes_) {
    found.too_long = true;
  } else {
    found.text = std::move(text_);
  }
  text_.clear();
  if (found.too_long || !found.text.empty()) found_(std::move(found));
}

}  // namespace dialplane
