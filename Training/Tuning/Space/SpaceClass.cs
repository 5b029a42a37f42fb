using System.Reflection;
using System.Text.Json;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>The searched properties of a class.</summary>
internal sealed class SpaceClass
{
    private static readonly MethodInfo AsType = typeof(Parameter).GetMethod(nameof(Parameter.AsType))!;

    private readonly Type type;
    private readonly object defaults;
    private readonly (PropertyInfo Property, string Key, OptionBase? Option, SpaceClass? Inner)[] members;

    /// <param name="type">A class with a constructor that takes nothing.</param>
    /// <param name="defaults">An instance of it.</param>
    /// <exception cref="ArgumentException">An attribute does not go with its property.</exception>
    public SpaceClass(Type type, object defaults)
    {
        this.type = type;
        this.defaults = defaults;
        members =
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Select(Read)
                .OfType<(PropertyInfo, string, OptionBase?, SpaceClass?)>(),
        ];
    }

    /// <summary>Adds the options under their keys.</summary>
    public void AddTo(SearchSpace space, string prefix)
    {
        foreach ((_, string key, OptionBase? option, SpaceClass? inner) in members)
            if (inner is not null) inner.AddTo(space, $"{prefix}{key}.");
            else space.Add(prefix + key, option!);
    }

    /// <summary>The values of an instance under their keys.</summary>
    public IEnumerable<KeyValuePair<string, Parameter>> Read(object instance, string prefix)
    {
        foreach ((PropertyInfo property, string key, _, SpaceClass? inner) in members)
        {
            object? value = property.GetValue(instance);
            if (inner is null) yield return new(prefix + key, ToParameter(value, property));
            else if (value is not null)
                foreach (KeyValuePair<string, Parameter> each in inner.Read(value, $"{prefix}{key}.")) yield return each;
        }
    }

    /// <summary>A new instance with the values of parameters, and the defaults elsewhere.</summary>
    public object Create(Parameter parameter, string prefix)
    {
        object instance = Activator.CreateInstance(type)!;
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            if (property is { CanRead: true, CanWrite: true } && property.GetIndexParameters().Length == 0)
                property.SetValue(instance, property.GetValue(defaults));
        foreach ((PropertyInfo property, string key, _, SpaceClass? inner) in members)
            if (inner is not null) property.SetValue(instance, inner.Create(parameter, $"{prefix}{key}."));
            else if (parameter.TryGetValue(prefix + key, out Parameter? value)) property.SetValue(instance, Convert(value, property));
        return instance;
    }

    private (PropertyInfo, string, OptionBase?, SpaceClass?)? Read(PropertyInfo property)
    {
        Attribute? kind = property
            .GetCustomAttributes()
            .FirstOrDefault(a => a is RangeAttribute or ChoiceAttribute or BooleanChoiceAttribute or NestOptionAttribute);
        if (kind is null) return null;
        if (!property.CanWrite || !property.CanRead) throw Problem(property, "cannot be set: give it a setter");
        string key = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        if (kind is NestOptionAttribute)
        {
            Type nested = property.PropertyType;
            if (!nested.IsClass || nested.GetConstructor([]) is null)
                throw Problem(property, "is no class with a constructor that takes nothing, so it cannot be nested");
            object inner = property.GetValue(defaults) ?? Activator.CreateInstance(nested)!;
            return (property, key, null, new(nested, inner));
        }
        try
        {
            OptionBase option = kind switch
            {
                RangeAttribute range => ToRange(range, property),
                ChoiceAttribute choice => ToChoice(choice, property),
                _ => ToTruth((BooleanChoiceAttribute)kind, property),
            };
            return (property, key, option, null);
        }
        catch (ArgumentException e) when (!e.Message.StartsWith(type.Name, StringComparison.Ordinal))
        {
            throw new ArgumentException($"{type.Name}.{property.Name}: {e.Message}", e);
        }
    }

    private UniformNumericOption ToRange(RangeAttribute range, PropertyInfo property)
    {
        (double min, double max) = (range.Min, range.Max);
        if (property.PropertyType == typeof(int))
        {
            if (min != (int)min || max != (int)max) throw Problem(property, "is a whole number: give whole numbers as its range");
            return new UniformIntOption((int)min, (int)max, range.LogBase, (int)First());
        }
        if (property.PropertyType == typeof(float))
            return new UniformSingleOption((float)min, (float)max, range.LogBase, (float)First());
        if (property.PropertyType == typeof(double)) return new UniformDoubleOption(min, max, range.LogBase, First());
        throw Problem(property, $"is {property.PropertyType.Name}: a range is of int, float or double");

        double First() => double.IsNaN(range.Init)
            ? System.Convert.ToDouble(property.GetValue(defaults), System.Globalization.CultureInfo.InvariantCulture)
            : range.Init;
    }

    private ChoiceOption ToChoice(ChoiceAttribute choice, PropertyInfo property)
    {
        Parameter[] candidates = [.. choice.Candidates.Select(c => ToParameter(c, property))];
        Parameter first = ToParameter(choice.DefaultValue ?? property.GetValue(defaults), property);
        bool isNamed = choice.DefaultValue is not null || candidates.Contains(first);
        return new(candidates, isNamed ? first : candidates.FirstOrDefault(Parameter.Null));
    }

    private ChoiceOption ToTruth(BooleanChoiceAttribute choice, PropertyInfo property)
    {
        if (property.PropertyType != typeof(bool)) throw Problem(property, "is no truth: make it a bool");
        bool first = choice.DefaultValue ?? (bool)property.GetValue(defaults)!;
        return new([Parameter.FromBool(false), Parameter.FromBool(true)], Parameter.FromBool(first));
    }

    private Parameter ToParameter(object? value, PropertyInfo property) => value switch
    {
        null => Parameter.Null,
        int number => Parameter.FromInt(number),
        float number => Parameter.FromSingle(number),
        double number => Parameter.FromDouble(number),
        bool truth => Parameter.FromBool(truth),
        string text => Parameter.FromString(text),
        Enum member => Parameter.FromString(SettingsFile.NameOf(member)),
        _ => throw Problem(property, $"is {value.GetType().Name}: values are numbers, texts, truths or members of an enumeration"),
    };

    private static object? Convert(Parameter value, PropertyInfo property)
    {
        if (value.Equals(Parameter.Null)) return null;
        Type wanted = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        try
        {
            return AsType.MakeGenericMethod(wanted).Invoke(value, null);
        }
        catch (TargetInvocationException e) when (e.InnerException is InvalidCastException inner)
        {
            throw new InvalidCastException($"{property.Name}: {inner.Message}", inner);
        }
    }

    private ArgumentException Problem(PropertyInfo property, string what) => new($"{type.Name}.{property.Name} {what}.");
}
