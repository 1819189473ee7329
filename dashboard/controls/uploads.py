"""How does the server drop a file that a visitor has uploaded?"""

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile


def let_go(uploaded: UploadedFile) -> None:
    """Remove an uploaded file from the server's memory, because Streamlit keeps it until the visitor leaves."""
    # The widget's own value is one more reference.
    uploaded.seek(0)
    uploaded.truncate()
    context = get_script_run_ctx()
    # Only the store in memory can do this; another store manages its own files.
    remove = getattr(context and context.uploaded_file_mgr, "remove_file", None)
    if context and remove:
        remove(context.session_id, uploaded.file_id)
