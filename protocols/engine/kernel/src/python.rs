//! The module `protocols._kernel`, by the stable ABI of CPython 3.10 and later: the few declarations that it takes, written out, so
//! that neither headers nor other crates are needed to build it.

use std::ffi::{c_char, c_int, c_longlong, c_void};
use std::mem::forget;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::{null, null_mut};
use std::slice;
use std::thread::park;

use crate::lines::lines;
use crate::program::Program;

#[repr(C)]
struct Object {
    references: isize,
    kind: *mut c_void,
}

type Py = *mut Object;
type Fast = unsafe extern "C" fn(Py, *const Py, isize) -> Py;

#[repr(C)]
struct Method {
    name: *const c_char,
    call: Option<Fast>,
    flags: c_int,
    doc: *const c_char,
}

#[repr(C)]
struct Module {
    head: Object,
    init: *mut c_void,
    index: isize,
    copy: *mut c_void,
    name: *const c_char,
    doc: *const c_char,
    size: isize,
    methods: *mut Method,
    slots: *mut c_void,
    traverse: *mut c_void,
    clear: *mut c_void,
    free: *mut c_void,
}

extern "C" {
    static PyExc_TypeError: Py;
    static PyExc_ValueError: Py;
    static PyExc_RuntimeError: Py;
    static mut _Py_FalseStruct: Object;
    static mut _Py_TrueStruct: Object;
    static mut PyByteArray_Type: Object;
    fn PyByteArray_AsString(object: Py) -> *mut u8;
    fn PyByteArray_Size(object: Py) -> isize;
    fn Py_DecRef(object: Py);
    fn PyBytes_AsStringAndSize(object: Py, start: *mut *const u8, size: *mut isize) -> c_int;
    fn PyBytes_FromStringAndSize(start: *const u8, size: isize) -> Py;
    fn PyCapsule_GetPointer(capsule: Py, name: *const c_char) -> *mut c_void;
    fn PyCapsule_New(pointer: *mut c_void, name: *const c_char, destructor: Option<unsafe extern "C" fn(Py)>) -> Py;
    fn PyErr_SetString(kind: Py, message: *const c_char);
    fn PyEval_SaveThread() -> *mut c_void;
    fn PyLong_FromLongLong(number: c_longlong) -> Py;
    fn PyModuleDef_Init(module: *mut Module) -> Py;
}

extern "C-unwind" {
    fn PyEval_RestoreThread(state: *mut c_void);
}

const FAST: c_int = 0x80;
const PROGRAM: *const c_char = c"protocols.program".as_ptr();

static mut METHODS: [Method; 5] = [
    Method { name: c"program".as_ptr(), call: Some(program), flags: FAST, doc: c"program(words, text): what is asked of events.".as_ptr() },
    Method { name: c"accept".as_ptr(), call: Some(accept), flags: FAST, doc: c"accept(program, line): the number of a route, or less than 0.".as_ptr() },
    Method { name: c"check".as_ptr(), call: Some(check), flags: FAST, doc: c"check(program, text, collects, accepted): what is said of the lines.".as_ptr() },
    Method { name: c"lines".as_ptr(), call: Some(count), flags: FAST, doc: c"lines(text): how many objects, each on its line; -1 where they are not.".as_ptr() },
    Method { name: null(), call: None, flags: 0, doc: null() },
];

static mut MODULE: Module = Module {
    head: Object { references: 1, kind: null_mut() },
    init: null_mut(),
    index: 0,
    copy: null_mut(),
    name: c"_kernel".as_ptr(),
    doc: c"Judges the bytes of events. Called by protocols.engine alone.".as_ptr(),
    size: 0,
    methods: &raw mut METHODS as *mut Method,
    slots: null_mut(),
    traverse: null_mut(),
    clear: null_mut(),
    free: null_mut(),
};

#[no_mangle]
extern "C" fn PyInit__kernel() -> Py {
    // SAFETY: Python calls this with its lock held; the definition is a static that only Python writes to.
    unsafe { PyModuleDef_Init(&raw mut MODULE) }
}

/// Why a call gives nothing back; Python has been told.
struct Raised;

type Given<T> = Result<T, Raised>;

unsafe extern "C" fn program(_: Py, arguments: *const Py, count: isize) -> Py {
    answer(|| {
        // SAFETY: what Python hands over in a call lives as long as the call.
        let [words, text] = unsafe { taken(arguments, count, "program() takes words and text") }?;
        let (words, text) = (bytes(words)?, bytes(text)?);
        let made = Program::decode(words, text).map_err(|message| raise(Kind::Value, &message))?;
        let pointer = Box::into_raw(Box::new(made)) as *mut c_void;
        // SAFETY: the capsule owns the program from here on, and `freed` gives it back; where there is none, it is still ours.
        unsafe {
            let capsule = PyCapsule_New(pointer, PROGRAM, Some(freed));
            if capsule.is_null() {
                drop(Box::from_raw(pointer as *mut Program));
                return Err(Raised);
            }
            Ok(capsule)
        }
    })
}

unsafe extern "C" fn freed(capsule: Py) {
    // SAFETY: only `program` makes capsules of this name, and each is freed once.
    unsafe { drop(Box::from_raw(PyCapsule_GetPointer(capsule, PROGRAM) as *mut Program)) }
}

unsafe extern "C" fn accept(_: Py, arguments: *const Py, count: isize) -> Py {
    answer(|| {
        // SAFETY: as in `program`.
        let [program, line] = unsafe { taken(arguments, count, "accept() takes a program and a line") }?;
        let route = inside(program)?.accept(bytes(line)?);
        // SAFETY: the lock is held.
        Ok(unsafe { PyLong_FromLongLong(route) })
    })
}

unsafe extern "C" fn check(_: Py, arguments: *const Py, count: isize) -> Py {
    answer(|| {
        // SAFETY: as in `program`.
        let [program, text, collects, accepted] = unsafe { taken(arguments, count, "check() takes a program, a text, a flag and counts") }?;
        let (program, text, collects) = (inside(program)?, bytes(text)?, truth(collects)?);
        if u32::try_from(text.len()).is_err() {
            return Err(raise(Kind::Value, "a text has to be smaller than 4 GB"));
        }
        let sums = room_for(accepted, program.routes.len())?;
        let (words, counts) = unlocked(|| program.check(text, collects))?;
        // SAFETY: numbers of four bytes are four bytes each, and Python copies them.
        let written = unsafe { PyBytes_FromStringAndSize(words.as_ptr() as *const u8, (words.len() * 4) as isize) };
        if written.is_null() {
            return Err(Raised);
        }
        if let Err(raised) = add(sums, &counts) {
            // SAFETY: it is ours, and nobody has it.
            unsafe { Py_DecRef(written) };
            return Err(raised);
        }
        Ok(written)
    })
}

unsafe extern "C" fn count(_: Py, arguments: *const Py, count: isize) -> Py {
    answer(|| {
        // SAFETY: as in `program`.
        let [text] = unsafe { taken(arguments, count, "lines() takes a text") }?;
        let text = bytes(text)?;
        let found = unlocked(|| lines(text))?;
        // SAFETY: the lock is held.
        Ok(unsafe { PyLong_FromLongLong(found) })
    })
}

/// What a call gives to Python; a mistake of ours is an exception there.
fn answer(work: impl FnOnce() -> Given<Py>) -> Py {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(object)) => object,
        Ok(Err(Raised)) => null_mut(),
        Err(_) => {
            raise(Kind::Runtime, "the kernel has a mistake in it");
            null_mut()
        }
    }
}

/// Work that needs no lock of Python, and does not touch anything of its.
fn unlocked<T>(work: impl FnOnce() -> T) -> Given<T> {
    // SAFETY: the lock is held, and taken again however the work ends.
    let state = unsafe { PyEval_SaveThread() };
    let done = catch_unwind(AssertUnwindSafe(work));
    let asleep = Asleep;
    // SAFETY: the state is that of this thread.
    unsafe { PyEval_RestoreThread(state) };
    forget(asleep);
    done.map_err(|_| raise(Kind::Runtime, "the kernel has a mistake in it"))
}

/// Holds a thread for ever. When the interpreter ends, Python before 3.14 unwinds threads that still ask for its lock, and Rust ends
/// the process with SIGABRT where that comes through its functions. From 3.14 on they are put to sleep, as they are by this.
struct Asleep;

impl Drop for Asleep {
    fn drop(&mut self) {
        loop {
            park();
        }
    }
}

/// The arguments of a call, if there are as many as it takes.
///
/// # Safety
/// `arguments` has to point to `count` objects.
unsafe fn taken<const N: usize>(arguments: *const Py, count: isize, message: &str) -> Given<[Py; N]> {
    if count != N as isize {
        return Err(raise(Kind::Type, message));
    }
    // SAFETY: there are N of them.
    Ok(unsafe { *(arguments as *const [Py; N]) })
}

/// What is in a bytes object, which nobody changes while its call lasts.
fn bytes<'a>(object: Py) -> Given<&'a [u8]> {
    let (mut start, mut size) = (null(), 0);
    // SAFETY: it raises TypeError for other objects; the bytes live as long as the object, which the caller of the call holds.
    unsafe {
        if PyBytes_AsStringAndSize(object, &mut start, &mut size) != 0 {
            return Err(Raised);
        }
        Ok(slice::from_raw_parts(start, size as usize))
    }
}

/// A bytearray with room for so many counts, eight bytes each.
fn room_for(object: Py, count: usize) -> Given<Py> {
    // SAFETY: the lock is held; its kind is asked for before its size.
    let fits = unsafe { (*object).kind == &raw mut PyByteArray_Type as *mut c_void && PyByteArray_Size(object) as usize == count * 8 };
    if fits { Ok(object) } else { Err(raise(Kind::Type, "expected a bytearray with eight bytes for each route")) }
}

/// Add to the counts in a bytearray. Others may have changed it while the lock was not held, so that it is asked again for its size.
fn add(object: Py, counts: &[u32]) -> Given<()> {
    let object = room_for(object, counts.len())?;
    // SAFETY: the lock is held until this ends (the kernel is not built for a Python that has none), so that nobody else reads, writes
    // or resizes what is in it.
    let sums = unsafe { slice::from_raw_parts_mut(PyByteArray_AsString(object), counts.len() * 8) };
    for (sum, count) in sums.chunks_exact_mut(8).zip(counts) {
        let before = u64::from_ne_bytes(sum.try_into().unwrap_or_default());
        sum.copy_from_slice(&before.wrapping_add(u64::from(*count)).to_ne_bytes());
    }
    Ok(())
}

fn inside<'a>(capsule: Py) -> Given<&'a Program> {
    // SAFETY: it gives null for all but capsules of this name, which only `program` makes; nobody changes a program.
    let program = unsafe { (PyCapsule_GetPointer(capsule, PROGRAM) as *const Program).as_ref() };
    program.ok_or_else(|| raise(Kind::Type, "expected what program() gives"))
}

/// Nothing but the two constants: asking other objects may run code of theirs.
fn truth(object: Py) -> Given<bool> {
    if object == &raw mut _Py_TrueStruct {
        Ok(true)
    } else if object == &raw mut _Py_FalseStruct {
        Ok(false)
    } else {
        Err(raise(Kind::Type, "expected True or False"))
    }
}

enum Kind {
    Type,
    Value,
    Runtime,
}

fn raise(kind: Kind, message: &str) -> Raised {
    let message = std::ffi::CString::new(message).unwrap_or_default();
    // SAFETY: the lock is held; Python copies the message.
    unsafe {
        let kind = match kind {
            Kind::Type => PyExc_TypeError,
            Kind::Value => PyExc_ValueError,
            Kind::Runtime => PyExc_RuntimeError,
        };
        PyErr_SetString(kind, message.as_ptr());
    }
    Raised
}
