using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using EmotionMLNet.Benchmarks.Agreement;
using EmotionMLNet.Benchmarks.Compare;
using EmotionMLNet.Benchmarks.Explain;
using EmotionMLNet.Benchmarks.Delivery;
using EmotionMLNet.Benchmarks.Fuzzing;
using EmotionMLNet.Benchmarks.Kernels;
using EmotionMLNet.Benchmarks.MLNet;
using EmotionMLNet.Benchmarks.Photos;
using EmotionMLNet.Benchmarks.Tuning;

if (args is ["agree", ..]) return AgreementMode.Run(args[1..]);
if (args is ["compare", ..]) return CompareMode.Run(args[1..]);
if (args is ["delivery", ..]) return DeliveryMode.Run(args[1..]);
if (args is ["explain", ..]) return ExplainMode.Run(args[1..]);
if (args is ["fuzz", ..]) return FuzzMode.Run(args[1..]);
if (args is ["fuzz-worker", ..]) return FuzzWorker.Run(args[1..]);
if (args is ["scaling", ..]) return ScalingMode.Run(args[1..]);
if (args is ["variants", ..]) return VariantsMode.Run(args[1..]);
if (args is ["conv", ..]) return ConvolutionMode.Run(args[1..]);
if (args is [BatchWorker.Verb, ..]) return BatchWorker.Run(args[1..]);
if (args is ["mlnet", ..]) return MLNetMode.Run(args[1..]);
if (args is ["photos", ..]) return PhotosMode.Run(args[1..]);
if (args is ["tuning", ..]) return TuningMode.Run(args[1..]);
// In process: the default toolchain looks for a project file called after the assembly, and ours is called after its folder.
IConfig config = DefaultConfig
    .Instance.WithArtifactsPath("artifacts/benchmarks")
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(CompareMode).Assembly).Run(args, config);
return 0;
